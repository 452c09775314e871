package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ringback.gateway.testkit.NodeProject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/openapi.yaml} and {@code docs/asyncapi.yaml} please the linters that others use on such documents. */
class ApiLintTest {
    @Test
    void bothDocumentsPassTheLinters() throws Exception {
        assumeThat(NodeProject.isPossible())
                .as("%s; the documents are not linted", NodeProject.ABSENT)
                .isTrue();
        NodeProject.Outcome linted = NodeProject.install("lint", "lint.mjs")
                .run("node", "lint.mjs", absolute(ApiSchemas.OPEN_API), absolute(ApiSchemas.ASYNC_API));

        assertThat(linted.text()).isEmpty();
        assertThat(linted.exitCode()).isZero();
    }

    private static String absolute(Path path) {
        return path.toAbsolutePath().normalize().toString();
    }
}
