package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.gateway.testkit.GatewayProcess;
import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** Somebody who submits jobs with webhooks to a real gateway, moves them, and looks at what became of the deliveries. */
record WebhookCaller(HttpClient client, URI base, URI admin) {
    /** What tests sign with unless they look at secrets. */
    static final String SECRET = "whsec_AgICAgICAgICAgICAgICAgICAgICAgIC";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final List<String> LOCAL =
            List.of("webhook.allow-http=true", "webhook.allow-cidrs=127.0.0.1", "webhook.ports=[]");

    WebhookCaller(TestGateway gateway) {
        this(HttpClient.newHttpClient(), gateway.http(""), gateway.admin(""));
    }

    WebhookCaller(GatewayProcess gateway) {
        this(HttpClient.newHttpClient(), gateway.http(""), gateway.admin(""));
    }

    /** These settings, and that receivers in this process may be called. */
    static String[] local(String... settings) {
        return Stream.concat(LOCAL.stream(), Arrays.stream(settings)).toArray(String[]::new);
    }

    /** An answer of the gateway. */
    record Said(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        String body() {
            return response.body();
        }

        JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (IOException e) {
                throw new UncheckedIOException(response.body(), e);
            }
        }

        Said is(int status) {
            assertThat(status()).as(body()).isEqualTo(status);
            return this;
        }
    }

    Said send(String method, String path, String body, String... headers) {
        return send(base, method, path, body, headers);
    }

    /** The same on the port of the operators. */
    Said operate(String method, String path) {
        return send(admin, method, path, "");
    }

    private Said send(URI where, String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(where + path))
                .timeout(LONGEST)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (String header : headers) {
            request.header(header.split(": ", 2)[0], header.split(": ", 2)[1]);
        }
        try {
            return new Said(client.send(request.build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    // ── jobs and endpoints ─────────────────────────────────────────────────────────────────────────────────────

    /** Submits a job that tells this URL of its ends, signed with {@link #SECRET}. */
    void submit(String jobId, String url, String... headers) {
        submitWith(jobId, "{\"url\":\"" + url + "\",\"secret\":\"" + SECRET + "\"}", headers);
    }

    void submitWith(String jobId, String webhook, String... headers) {
        send("PUT", "/jobs/" + jobId, "{\"type\":\"report\",\"webhook\":" + webhook + "}", headers)
                .is(202);
    }

    Said event(String jobId, String event, String... headers) {
        return send("POST", "/jobs/" + jobId + "/events", event, headers);
    }

    void end(String jobId, String... headers) {
        event(jobId, "{\"status\":\"completed\",\"result\":{\"rows\":7}}", headers)
                .is(200);
    }

    /** Submits one that tells this URL, and ends it. */
    void submitAndEnd(String jobId, String url) {
        submit(jobId, url);
        end(jobId);
    }

    /** Makes an endpoint, which is answered with its secret. */
    JsonNode endpoint(String url, String more, String... headers) {
        return send("POST", "/webhooks", "{\"url\":\"" + url + "\"" + more + "}", headers)
                .is(201)
                .json();
    }

    // ── deliveries ─────────────────────────────────────────────────────────────────────────────────────────────

    static void eventually(ThrowingRunnable assertion) {
        Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
    }

    JsonNode deliveries(String query, String... headers) {
        return send("GET", "/webhooks/deliveries" + query, "", headers)
                .is(200)
                .json()
                .path("deliveries");
    }

    /** The only delivery of a job, once it stands so. */
    JsonNode await(String jobId, String status) {
        JsonNode[] found = new JsonNode[1];
        eventually(() -> {
            found[0] = only(jobId);
            assertThat(found[0].path("status").asText()).as(found[0].toString()).isEqualTo(status);
        });
        return found[0];
    }

    private JsonNode only(String jobId) {
        JsonNode only = null;
        for (JsonNode delivery : deliveries("?limit=100")) {
            if (delivery.path("jobId").asText().equals(jobId)) {
                assertThat(only).as("one delivery of " + jobId).isNull();
                only = delivery;
            }
        }
        assertThat(only).as("a delivery of " + jobId).isNotNull();
        return only;
    }

    /** Why each attempt failed, the oldest first; empty where it did not. */
    static List<String> failures(JsonNode delivery) {
        return StreamSupport.stream(delivery.path("log").spliterator(), false)
                .map(attempt -> attempt.path("failure").asText(""))
                .toList();
    }

    // ── what receivers check ───────────────────────────────────────────────────────────────────────────────────

    /** The request carries a signature of this secret over id, timestamp and body. */
    static void assertSigned(Receiver.Request request, String secret) {
        assertThat(signatures(request)).contains("v1," + signature(request, secret));
    }

    static List<String> signatures(Receiver.Request request) {
        return List.of(String.valueOf(request.header("webhook-signature")).split(" "));
    }

    private static String signature(Receiver.Request request, String secret) {
        String head = request.header("webhook-id") + "." + request.header("webhook-timestamp") + ".";
        byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
        return Base64.getEncoder().encodeToString(hmac(key, head + request.text()));
    }

    /** Of the set that begins with {@code X-}. */
    static String bodySignature(Receiver.Request request, String secret) {
        return "sha256=" + HexFormat.of().formatHex(hmac(secret.getBytes(UTF_8), request.text()));
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
