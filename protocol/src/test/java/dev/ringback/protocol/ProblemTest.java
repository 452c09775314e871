package dev.ringback.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemTest {
    @Test
    void aProblemHasTheMembersOfRfc9457() {
        String detail = "the \"id\" \\ \u00e9\ud83d\ude00\n is wrong";
        JsonNode problem = Documents.parse(new Problem(400, "job-id-malformed", "Bad request", detail).json());
        assertThat(Documents.memberNames(problem)).containsExactly("type", "title", "status", "detail");
        assertThat(problem.get("type").textValue()).isEqualTo("urn:ringback:problem:job-id-malformed");
        assertThat(problem.get("title").textValue()).isEqualTo("Bad request");
        assertThat(problem.get("status").intValue()).isEqualTo(400);
        assertThat(problem.get("detail").textValue()).isEqualTo(detail);
        assertThat(Problem.MEDIA_TYPE).isEqualTo("application/problem+json");
    }

    @Test
    void aProblemMayCarryTheJobThatItIsAbout() throws InvalidDocumentException {
        String job = Documents.member(Documents.JOB, "\"result\":[ 1e400 ]");
        byte[] json = new Problem(409, "refused", "Refused", "no").json(Documents.event(job));
        assertThat(Documents.memberNames(Documents.parse(json)))
                .containsExactly("type", "title", "status", "detail", "job");
        assertThat(Documents.text(json)).endsWith(",\"job\":" + job + "}");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 200, 304, 399, 600, 1000})
    void aStatusThatIsNoErrorIsRefused(int status) {
        assertThatThrownBy(() -> new Problem(status, "c", "t", "d"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(status));
    }
}
