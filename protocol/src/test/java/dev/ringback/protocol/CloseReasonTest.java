package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CloseReasonTest {
    private static final int ROOM = 123;
    private static final String DELAY = ", reconnect after 1234567890 ms";

    @ParameterizedTest
    @EnumSource
    void theCodeIsOneThatAnEndpointMaySend(CloseReason reason) {
        int code = reason.code();
        boolean standard = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
        assertThat(standard || (code >= 3000 && code <= 4999))
                .as("%s is %d", reason, code)
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void theTextFitsIntoACloseFrameWithADelayBehindIt(CloseReason reason) {
        assertThat(reason.text()).isNotBlank();
        assertThat((reason.text() + DELAY).getBytes(UTF_8)).hasSizeLessThanOrEqualTo(ROOM);
    }

    @ParameterizedTest
    @CsvSource({
        "NORMAL, 1000",
        "MAX_AGE, 1001",
        "PROTOCOL_ERROR, 1002",
        "UNSUPPORTED_DATA, 1003",
        "INVALID_UTF8, 1007",
        "FLOOD, 1008",
        "TOO_BIG, 1009",
        "DRAIN, 1012",
        "OVERLOAD, 1013",
        "SLOW_CONSUMER, 1013"
    })
    void eachReasonHasItsCode(CloseReason reason, int code) {
        assertThat(reason.code()).isEqualTo(code);
    }

    @Test
    void whatIsNotTheClientsFaultIsRetryable() {
        Set<CloseReason> retryable = EnumSet.noneOf(CloseReason.class);
        for (CloseReason reason : CloseReason.values()) {
            if (reason.isRetryable()) {
                retryable.add(reason);
            }
        }
        assertThat(retryable)
                .contains(CloseReason.MAX_AGE, CloseReason.DRAIN, CloseReason.OVERLOAD, CloseReason.SLOW_CONSUMER)
                .doesNotContain(
                        CloseReason.NORMAL,
                        CloseReason.PROTOCOL_ERROR,
                        CloseReason.UNSUPPORTED_DATA,
                        CloseReason.INVALID_UTF8,
                        CloseReason.FLOOD,
                        CloseReason.TOO_BIG);
    }
}
