package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.gateway.http.Api.Said;
import dev.ringback.gateway.testkit.TestGateway;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests about queues that are wrong, odd, or too many: each is answered with what is wrong about it. */
class QueueRequestsTest extends QueueApiFixture {
    @Override
    List<String> store() {
        return List.of();
    }

    @Override
    List<String> settings() {
        return List.of("queues.waiting=2", "queues.max-lease=90s");
    }

    // ── what can't be read ─────────────────────────────────────────────────────────────────────────────────────

    @ParameterizedTest
    @CsvSource({
        "wait=x, wait-malformed, '\"wait\" must be'",
        "wait=-1, wait-malformed, '\"wait\" must be'",
        "wait=1.5, wait-malformed, '\"wait\" must be'",
        "max=0, max-malformed, '\"max\" must be a whole number, 1 to 100'",
        "max=101, max-malformed, '\"max\" must be a whole number, 1 to 100'",
        "max=, max-malformed, '\"max\" must be'",
        "max=%2B1, max-malformed, '\"max\" must be'",
        "lease=0, lease-malformed, '\"lease\" must be a whole number, 1 to 90'",
        "lease=91, lease-malformed, '\"lease\" must be a whole number, 1 to 90'",
        "lease=1.5, lease-malformed, '\"lease\" must be'",
        "lease=99999999999999999999, lease-malformed, '\"lease\" must be'",
        "worker=, name-malformed, worker must have 1 to 128 characters",
        "worker=a%00b, name-malformed, worker must have"
    })
    void wishThatCantBeReadIsRefusedWithTheParametersName(String query, String code, String detail) {
        submit("");
        Said refused = assertProblem(ask(query), 400, code);
        assertThat(refused.json().path("detail").textValue()).startsWith(detail);
        lease();
    }

    @Test
    void otherParametersAreIgnoredAsTheyAreElsewhere() {
        submit("");
        leased(ask("colour=red"));
    }

    @Test
    void bodyOfAWishIsIgnored() {
        for (String body : List.of("{}", "{\"max\":0}", "no JSON")) {
            submit("");
            leased(api.send("POST", leasePath(), body));
        }
    }

    @Test
    void typeMayBeAnyTextOfSomeLengthWithoutControlCharacters() {
        for (String name : List.of("a/b", "größe 🎉", ".", "dead", "x".repeat(128), "a?b=c&d#e")) {
            type = name;
            submit("");
            String path =
                    "/queues/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
            leased(api.send("POST", path + "/lease?wait=10", ""));
            assertThat(assertStatus(api.get(path), 200).json().path("type").textValue())
                    .isEqualTo(name);
            assertStatus(api.get(path + "/dead"), 200);
        }
        for (String name : List.of("", "%0A", "%00", "%7F", "x".repeat(129))) {
            for (String path : List.of("", "/lease", "/dead")) {
                Said refused = api.send(path.equals("/lease") ? "POST" : "GET", "/queues/" + name + path, "");
                assertProblem(refused, 400, "name-malformed");
                assertThat(refused.json().path("detail").textValue()).startsWith("a type must have");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"limit=0, limit-malformed", "limit=101, limit-malformed", "cursor=x, cursor-malformed"})
    void pageThatCantBeReadIsRefused(String query, String code) {
        assertProblem(api.get("/queues/t/dead?" + query), 400, code);
    }

    @Test
    void idThatIsNoneIsRefused() {
        assertProblem(api.get("/queues/t/dead/!"), 400, "job-id-malformed");
        assertProblem(api.send("POST", "/queues/t/dead/!/replay", ""), 400, "job-id-malformed");
        assertProblem(api.send("DELETE", "/queues/t/dead/!", ""), 400, "job-id-malformed");
        assertProblem(api.get("/jobs/!/tree"), 400, "job-id-malformed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"status\":\"asleep\"",
                "\"status\":7",
                "\"delay\":-1,\"status\":\"queued\"",
                "\"delay\":0.5,\"status\":\"queued\"",
                "\"delay\":86401,\"status\":\"queued\"",
                "\"progress\":\"half\"",
                "\"result\":1",
                "\"resultUrl\":\"/r\"",
                "\"error\":{\"code\":\"busy\"}",
                "\"error\":7,\"status\":\"failed\""
            })
    void reportThatCantBeReadIsRefusedAndChangesNothing(String members) {
        String id = submit("");
        Lease lease = lease();
        assertProblem(report(lease, members), 400, "event-malformed");
        assertThat(job(id).path("version").intValue()).isEqualTo(2);
        complete(lease);
    }

    @Test
    void leaseThatCanBeNoneIsRefused() {
        String id = submit("");
        for (String token : List.of("", "x", "x.", ".1", "x.Z", "a b.1", "x.123456789", "x".repeat(127) + ".1")) {
            Said refused = report(id, token, "");
            assertThat(refused.status()).as(token).isEqualTo(400);
            assertThat(refused.json().path("detail").textValue()).contains("leaseId");
        }
        assertProblem(api.event(id, "{\"leaseId\":7}"), 400, "event-malformed");
        assertProblem(api.event(id, "{\"leaseId\":null}"), 400, "event-malformed");
        assertProblem(api.event(id, "{\"leaseId\":\"x.1\""), 400, "event-malformed");
        assertProblem(report("nobody-knows", "x.1", ""), 404, "job-unknown");
        assertProblem(report("nobody-knows", "x.1", "\"progress\":1"), 404, "job-unknown");
        assertProblem(api.get("/jobs/nobody-knows"), 404, "job-unknown");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "maxAttempts, 0",
                "maxAttempts, 1001",
                "maxAttempts, \"3\"",
                "runAt, \"tomorrow\"",
                "runAt, \"2026-01-31\"",
                "runAt, 1700000000",
                "after, \"a\"",
                "after, [1]",
                "after, [\"!\"]",
                "after, [[\"a\"]]",
                "after, {}",
                "afterFailure, \"retry\"",
                "priority, 1000001"
            })
    void planThatCantBeReadIsRefusedWithItsName(String member, String value) {
        Said refused = assertProblem(trySubmit("\"" + member + "\":" + value), 400, "job-malformed");
        assertThat(refused.json().path("detail").textValue()).contains("\"" + member + "\"");
    }

    @Test
    void planThatAsksForTooMuchIsRefusedWithItsName() {
        Instant tooFar = Instant.now().plus(Duration.ofHours(24)).plusSeconds(60);
        Said refused = assertProblem(trySubmit("\"runAt\":\"" + tooFar + "\""), 400, "job-malformed");
        assertThat(refused.json().path("detail").textValue()).contains("\"runAt\"");
        List<String> many = new ArrayList<>();
        for (int i = 0; i <= 100; i++) {
            many.add("\"j" + i + "\"");
        }
        assertProblem(trySubmit("\"after\":" + many), 400, "job-malformed");
        assertStatus(trySubmit("\"runAt\":null,\"after\":null,\"afterFailure\":null"), 202);
        assertStatus(trySubmit("\"after\":[]"), 202);
    }

    // ── what is not asked so ───────────────────────────────────────────────────────────────────────────────────

    @ParameterizedTest
    @CsvSource({
        "POST, /queues, 'GET, HEAD, OPTIONS'",
        "DELETE, /queues/t, 'GET, HEAD, OPTIONS'",
        "GET, /queues/t/lease, 'OPTIONS, POST'",
        "POST, /queues/t/dead, 'DELETE, GET, HEAD, OPTIONS'",
        "GET, /queues/t/dead/replay, 'OPTIONS, POST'",
        "PUT, /queues/t/dead/x, 'DELETE, GET, HEAD, OPTIONS'",
        "GET, /queues/t/dead/x/replay, 'OPTIONS, POST'",
        "POST, /jobs/x/tree, 'GET, HEAD, OPTIONS'"
    })
    void otherMethodsAreRefusedWithThoseThatAreAllowed(String method, String path, String allowed) {
        assertThat(assertProblem(api.send(method, path, ""), 405, "method-not-allowed")
                        .header("Allow"))
                .isEqualTo(allowed);
        assertThat(assertStatus(api.send("OPTIONS", path, ""), 204).header("Allow"))
                .isEqualTo(allowed);
    }

    @Test
    void pagesOfOtherSitesChangeNothing() {
        String dead = dead();
        submit("");
        String page = "Origin: https://evil.example";
        assertProblem(ask("wait=0", page), 403, "origin-refused");
        for (String path : List.of("/replay", "/" + dead + "/replay")) {
            assertProblem(api.send("POST", "/queues/" + type + "/dead" + path, "", page), 403, "origin-refused");
        }
        for (String path : List.of("", "/" + dead)) {
            assertProblem(api.send("DELETE", "/queues/" + type + "/dead" + path, "", page), 403, "origin-refused");
        }
        assertStatus(api.get("/queues/" + type + "/dead/" + dead), 200);
        lease();
    }

    // ── connections ────────────────────────────────────────────────────────────────────────────────────────────

    @Test
    void requestBehindOneThatWaitsIsAnsweredAfterIt() {
        try (RawConnection worker = new RawConnection(gateway)) {
            worker.send(request("POST", leasePath() + "?wait=20"));
            awaitWaiting(gateway, 1);
            worker.send(request("GET", "/queues/" + type));
            String id = submit("");
            assertThat(worker.answer().json().at("/job/jobId").textValue()).isEqualTo(id);
            assertThat(worker.answer().json().path("type").textValue()).isEqualTo(type);
            Answer nothing = worker.exchange(request("POST", leasePath() + "?wait=1"));
            assertThat(nothing.status()).isEqualTo(204);
            assertThat(nothing.header("Content-Length"))
                    .as("no body, no length (RFC 9110, 8.6)")
                    .isEmpty();
            assertThat(worker.exchange(request("GET", "/queues")).status()).isEqualTo(200);
        }
    }

    @Test
    void requestsForWorkBeyondThoseThatMayWaitAreTurnedAway() {
        var first = askLater("wait=20");
        var second = askLater("wait=20");
        awaitWaiting(gateway, 2);
        Said third = assertProblem(ask("wait=20"), 503, "too-many-workers");
        assertThat(third.header("Retry-After")).isEqualTo("1");
        assertNothingToDo();
        submitMany(2);
        leased(first.join());
        leased(second.join());
    }

    @Test
    void withoutQueuesThereAreNoneAndNoLeases() {
        try (TestGateway without = startWith("queues.enabled=false")) {
            Api there = new Api(without);
            String id = there.submit("{\"type\":\"t\"}").jobId();
            assertProblem(there.send("POST", "/queues/t/lease", ""), 404, "no-such-route");
            assertProblem(there.get("/queues"), 404, "no-such-route");
            assertProblem(there.event(id, "{\"leaseId\":\"x.1\"}"), 409, "lease-stale");
            assertStatus(there.event(id, "{\"status\":\"completed\"}"), 200);
            for (String plan :
                    List.of("\"maxAttempts\":1", "\"after\":[\"" + id + "\"]", "\"runAt\":\"2020-01-01T00:00:00Z\"")) {
                assertProblem(there.submit("{\"type\":\"t\"," + plan + "}"), 400, "job-malformed");
            }
        }
    }
}
