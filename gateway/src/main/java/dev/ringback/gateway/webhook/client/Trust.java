package dev.ringback.gateway.webhook.client;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/** Whose certificates receivers may have. */
final class Trust {
    private Trust() {}

    /**
     * TLS with the certificate authorities of these PEM files, or with those of the Java runtime where there are none. The host that
     * is called is checked too: Netty asks for that by default, and the line is here lest the default change.
     *
     * @throws IllegalArgumentException where a file can't be read; its message is for the operator
     */
    static SslContext context(List<String> files) {
        SslContextBuilder builder =
                SslContextBuilder.forClient().sslProvider(SslProvider.JDK).endpointIdentificationAlgorithm("HTTPS");
        if (!files.isEmpty()) {
            List<X509Certificate> authorities = new ArrayList<>();
            files.forEach(file -> authorities.addAll(read(file)));
            builder.trustManager(authorities);
        }
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("webhook.trust can't be used: " + e.getMessage(), e);
        }
    }

    private static List<X509Certificate> read(String file) {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            List<X509Certificate> found = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (found.isEmpty()) {
                throw new IllegalArgumentException("webhook.trust: no certificate in " + file);
            }
            return found;
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException("webhook.trust: can't read " + file + ": " + e, e);
        } catch (CertificateException e) {
            throw new IllegalArgumentException("webhook.trust: no PEM certificates in " + file, e);
        }
    }
}
