package dev.ringback.gateway.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Makes certificates that only those trust who trust this authority, with the JDK's keytool. */
public final class CertificateAuthority {
    private static final String PASSWORD = "not-secret";
    private static final String NAME = "authority";

    private final Path directory;
    private final Path keys;

    /** @param directory where it keeps its keys */
    public CertificateAuthority(Path directory) {
        this.directory = directory;
        this.keys = directory.resolve("keys.p12");
        keytool("-genkeypair", "-alias", NAME, "-dname", "CN=Test authority", "-ext", "bc:c", "-ext", "ku:c=kCS");
    }

    /** A server's side of TLS, with a certificate for these names, like {@code dns:a.test} and {@code ip:127.0.0.1}. */
    public SSLContext server(String names) {
        return server(names, "-0d", 10);
    }

    /** The same, with a certificate that is valid no more. */
    public SSLContext expired(String names) {
        return server(names, "-10d", 1);
    }

    private SSLContext server(String names, String start, int days) {
        String alias = "server-" + Integer.toHexString((names + start).hashCode());
        String validity = String.valueOf(days);
        keytool(
                "-genkeypair",
                "-alias",
                alias,
                "-signer",
                NAME,
                "-dname",
                "CN=Test server",
                "-ext",
                "san=" + names,
                "-startdate",
                start,
                "-validity",
                validity);
        try {
            KeyStore all = load();
            char[] password = PASSWORD.toCharArray();
            KeyStore one = KeyStore.getInstance("PKCS12");
            one.load(null, null);
            one.setKeyEntry(alias, all.getKey(alias, password), password, all.getCertificateChain(alias));
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(one, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A PEM file with its own certificate, for those who are to trust it. */
    public Path pem() {
        try {
            Certificate own = load().getCertificate(NAME);
            String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(own.getEncoded());
            return Files.writeString(
                    directory.resolve("authority.pem"),
                    "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n",
                    US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore load() throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(keys)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void keytool(String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", keys.toString(), "-storepass", PASSWORD));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
            assertThat(process.waitFor()).as(output).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
