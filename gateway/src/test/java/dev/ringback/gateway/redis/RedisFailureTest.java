package dev.ringback.gateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.redis.RedisFailure.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisFailureTest {
    @ParameterizedTest
    @CsvSource({
        "OOM command not allowed when used memory > 'maxmemory'.,OOM",
        "NOSCRIPT No matching script. Please use EVAL.,NOSCRIPT",
        "READONLY You can't write against a read only replica. script: abc,READONLY",
        "RINGBACK damaged: job:1 is not a job record,RINGBACK",
        "NOAUTH,NOAUTH",
        "ERR unknown command,ERR",
        "Protected mode is on,''",
    })
    void codeIsTheFirstWordOfRedissError(String message, String code) {
        RedisFailure failure = RedisFailure.ofCommand(new RedisCommandExecutionException(message));

        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure).hasMessage(message);
    }

    @Test
    void codeIsFoundInsideWhatRedis6SaysOfAScript() {
        String message =
                "ERR Error running script (call to f_e93cf236046dde630e01724d59536081dc5b1327): @user_script:504:"
                        + " @user_script: 504: -OOM command not allowed when used memory > 'maxmemory'.";

        assertThat(RedisFailure.ofCommand(new RedisCommandExecutionException(message))
                        .code())
                .isEqualTo("OOM");
    }

    @Test
    void brokenConnectionLeavesTheCommandsFateOpen() {
        RedisFailure failure = RedisFailure.ofCommand(new CompletionException(new RedisException("Connection closed")));

        assertThat(failure.kind()).isEqualTo(Kind.LOST);
        assertThat(RedisFailure.ofCommand(new CompletionException(failure))).isSameAs(failure);
    }
}
