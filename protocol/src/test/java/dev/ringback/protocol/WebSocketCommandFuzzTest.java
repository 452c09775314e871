package dev.ringback.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Collectors;

/** What a client may say on a WebSocket: a command, which means the same when it is written out and read again, or a reason why not. */
class WebSocketCommandFuzzTest {
    @FuzzTest
    void anyTextIsACommandOrRefusedWithAReason(byte[] input) {
        WebSocketCommand command;
        try {
            command = WebSocketCommand.read(input);
        } catch (InvalidDocumentException e) {
            assertThat(e.detail()).isNotBlank();
            return;
        }
        assertThat(JacksonOracle.members(input)).isNotNull();
        assertThat(command.jobIds()).doesNotHaveDuplicates().allSatisfy(id -> {
            assertThat(id.toString()).matches("[A-Za-z0-9._~:-]{1,128}");
            assertThat(JobId.parse("job:" + id)).isEqualTo(id);
        });
        assertThat(command.jobIds().isEmpty()).isEqualTo(command.verb() == WebSocketCommand.Verb.PING);
        assertThat(readAgain(command)).isEqualTo(command);
    }

    private static WebSocketCommand readAgain(WebSocketCommand command) {
        try {
            return WebSocketCommand.read(Documents.utf8(written(command)));
        } catch (InvalidDocumentException e) {
            throw new AssertionError(written(command), e);
        }
    }

    private static String written(WebSocketCommand command) {
        String ids =
                command.jobIds().stream().map(id -> "\"job:" + id + "\"").collect(Collectors.joining(",", "[", "]"));
        String after = command.after().entrySet().stream()
                .map(entry -> "\"job:" + entry.getKey() + "\":\"" + entry.getValue() + "\"")
                .collect(Collectors.joining(",", "{", "}"));
        return switch (command.verb()) {
            case SUBSCRIBE -> "{\"subscribe\":" + ids + ",\"after\":" + after + "}";
            case UNSUBSCRIBE -> "{\"unsubscribe\":" + ids + "}";
            case PING -> "{\"ping\":" + command.number() + "}";
        };
    }
}
