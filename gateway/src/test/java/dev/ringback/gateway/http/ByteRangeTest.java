package dev.ringback.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a Range header asks for. */
class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0",
        "bytes=0-9, 0, 9",
        "bytes=2-5, 2, 5",
        "bytes=0-, 0, 9",
        "bytes=9-, 9, 9",
        "bytes=5-99999999999999999999999, 5, 9",
        "bytes=-1, 9, 9",
        "bytes=-10, 0, 9",
        "bytes=-99999999999999999999999, 0, 9",
        "BYTES=1-2, 1, 2",
        "bytes= 1-2 , 1, 2",
    })
    void oneRangeOfTenBytes(String header, long from, long to) {
        assertThat(ByteRange.of(header, 10)).isEqualTo(new ByteRange(from, to));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999999-"})
    void rangeBehindTheEndIsNothing(String header) {
        assertThat(ByteRange.of(header, 10)).isEqualTo(ByteRange.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=-",
                "bytes=5-2",
                "bytes=0-1,3-4",
                "bytes=a-b",
                "bytes=0x1-2",
                "lines=1-2",
                "bytes=1",
                "bytes=--1",
                "bytes=1-2-3",
                "bytes=+1-2",
                "bytes=1- 2"
            })
    void whatCannotBeReadAsOneRangeIsPassedOver(String header) {
        assertThat(ByteRange.of(header, 10)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"bytes=0-, true", "bytes=0-0, true", "bytes=-5, false"})
    void ofNothingNoRangeCanBeNamed(String header, boolean unsatisfiable) {
        assertThat(ByteRange.of(header, 0)).isEqualTo(unsatisfiable ? ByteRange.NONE : null);
    }
}
