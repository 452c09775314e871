package dev.ringback.loadtest.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

class ResponseHeadTest {
    @Test
    void statusAndFieldsAreRead() throws Exception {
        ResponseHead head =
                ResponseHead.parse("HTTP/1.1 200 OK\r\nETag: W/\"a-1\"\r\nContent-Length: 13\r\nconnection: Close");
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.field("etag")).isEqualTo("W/\"a-1\"");
        assertThat(head.contentLength()).isEqualTo(13);
        assertThat(head.closes()).isTrue();
    }

    @Test
    void anUnchangedStateHasNoBody() throws Exception {
        assertThat(ResponseHead.parse("HTTP/1.1 304 Not Modified").contentLength())
                .isZero();
    }

    @Test
    void whatCannotBeFollowedIsRefused() throws Exception {
        refused("SSH-2.0-x");
        refused("HTTP/1.1 2000 OK");
        refused("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked");
        ResponseHead endless = ResponseHead.parse("HTTP/1.1 200 OK");
        assertThatExceptionOfType(WireException.class).isThrownBy(endless::contentLength);
    }

    private static void refused(String text) {
        assertThatExceptionOfType(WireException.class).isThrownBy(() -> ResponseHead.parse(text));
    }
}
