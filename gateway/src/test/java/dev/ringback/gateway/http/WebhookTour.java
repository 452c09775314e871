package dev.ringback.gateway.http;

import static dev.ringback.gateway.http.RawConnection.request;
import static dev.ringback.gateway.http.RawConnection.withBody;
import static org.awaitility.Awaitility.await;

import dev.ringback.gateway.testkit.Receiver;
import dev.ringback.gateway.testkit.RedisProcess;
import dev.ringback.gateway.testkit.TestGateway;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The part of the {@link ApiTour} that is about webhooks. */
final class WebhookTour {
    private static final String FOREIGN = "Origin: https://evil.example";
    private static final String HOOK = "{\"url\":\"http://127.0.0.1:1/hook\"}";

    /** A request on each operation that changes something, {@code HOOK} and {@code DELIVERY} standing for ids. */
    private static final List<String> CHANGES = List.of(
            withBody("POST", "/webhooks", HOOK),
            withBody("PUT", "/webhooks/HOOK", HOOK),
            request("DELETE", "/webhooks/HOOK"),
            request("POST", "/webhooks/HOOK/secret"),
            request("POST", "/webhooks/HOOK/test"),
            request("POST", "/webhooks/deliveries/redeliver"),
            request("POST", "/webhooks/deliveries/DELIVERY/redeliver"),
            request("DELETE", "/webhooks/deliveries?status=dead"));

    /** A request on each operation that only looks. */
    private static final List<String> LOOKS = List.of(
            request("GET", "/webhooks"),
            request("GET", "/webhooks/secret"),
            request("GET", "/webhooks/HOOK"),
            request("GET", "/webhooks/HOOK/secret"),
            request("GET", "/webhooks/deliveries"),
            request("GET", "/webhooks/deliveries/DELIVERY"));

    private final ApiTour tour;

    private WebhookTour(ApiTour tour) {
        this.tour = tour;
    }

    static void with(ApiTour tour) {
        WebhookTour webhooks = new WebhookTour(tour);
        webhooks.everydayAnswers();
        webhooks.mistakes();
        webhooks.strangers();
        webhooks.storeInTrouble();
    }

    /** One that may call receivers on this machine, and tries once. */
    private static TestGateway start(String... settings) {
        List<String> all = new ArrayList<>(List.of(
                "webhook.allow-http=true",
                "webhook.allow-cidrs=127.0.0.0/8",
                "webhook.ports=[]",
                "webhook.schedule=[0s]"));
        all.addAll(List.of(settings));
        return TestGateway.start(all.toArray(String[]::new));
    }

    private static List<String> everything() {
        return Stream.concat(LOOKS.stream(), CHANGES.stream()).toList();
    }

    private static List<String> about(List<String> requests, String hook, String delivery) {
        return requests.stream()
                .map(request -> request.replace("/HOOK", "/" + hook).replace("/DELIVERY", "/" + delivery))
                .toList();
    }

    private void everydayAnswers() {
        try (Receiver receiver = Receiver.start().next(Receiver.status(500));
                TestGateway gateway = start()) {
            String wanted = "{\"url\":\"" + receiver.url("/hook") + "\",\"description\":\"all\",\"types\":[\"t\"]}";
            String hook = tour.ask(gateway, withBody("POST", "/webhooks", wanted))
                    .json()
                    .path("id")
                    .textValue();
            tour.ask(gateway, withBody("PUT", "/webhooks/" + hook, wanted));
            tour.ask(gateway, withBody("PUT", "/jobs/j", "{\"type\":\"t\",\"callbackUrl\":\"http://127.0.0.1:1/\"}"));
            tour.ask(gateway, withBody("POST", "/jobs/j/events", "{\"status\":\"completed\"}"));
            String test = tour.ask(gateway, request("POST", "/webhooks/" + hook + "/test"))
                    .header("Location");
            for (String one : List.of("/webhooks/deliveries", test)) {
                await().until(() -> !textOf(gateway, one).contains("pending"));
            }
            String delivery = test.substring(test.lastIndexOf('/') + 1);
            tour.ask(gateway, request("GET", "/webhooks/deliveries?limit=1&endpoint=" + hook));
            tour.askAll(gateway, about(LOOKS, hook, delivery));
            tour.ask(gateway, request("HEAD", "/webhooks"));
            about(CHANGES, hook, delivery).stream()
                    .filter(request -> !request.startsWith("DELETE /webhooks/ep_"))
                    .forEach(request -> tour.ask(gateway, request));
            tour.ask(gateway, request("GET", "/webhooks/" + hook + "/secret"));
            tour.ask(gateway, withBody("PUT", "/webhooks/" + hook, wanted.replace("}", ",\"disabled\":true}")));
            tour.ask(gateway, request("DELETE", "/webhooks/" + hook));
        }
    }

    private static String textOf(TestGateway gateway, String path) {
        try (RawConnection connection = new RawConnection(gateway)) {
            return connection.exchange(request("GET", path)).text();
        }
    }

    private void mistakes() {
        try (TestGateway gateway = TestGateway.start("webhook.endpoints=1")) {
            String hook = "{\"url\":\"https://shop.example/hooks\"}";
            String id = tour.ask(gateway, withBody("POST", "/webhooks", hook))
                    .json()
                    .path("id")
                    .textValue();
            tour.ask(gateway, withBody("POST", "/webhooks", hook));
            tour.askAll(gateway, about(everything(), "ep_1", "wd_1"));
            tour.ask(gateway, withBody("PUT", "/webhooks/ep_1", hook));
            for (String target : List.of("POST /webhooks", "PUT /webhooks/" + id)) {
                String method = target.split(" ")[0];
                String path = target.split(" ")[1];
                tour.ask(gateway, request(method, path));
                tour.ask(gateway, withBody(method, path, "{\"url\":\"http://10.0.0.1/\"}"));
                tour.ask(gateway, withBody(method, path, hook, "Content-Type: image/png"));
            }
            tour.ask(gateway, withBody("POST", "/webhooks/" + id + "/secret", "{\"secret\":\"whsec_short\"}"));
            String refused = "{\"type\":\"t\",\"webhook\":{\"url\":\"http://10.0.0.1/\"}}";
            tour.ask(gateway, withBody("POST", "/jobs", refused));
            tour.ask(gateway, withBody("PUT", "/jobs/j", refused));
            for (String query : List.of("limit=0", "status=lost", "cursor=x")) {
                tour.ask(gateway, request("GET", "/webhooks/deliveries?" + query));
            }
            for (String query : List.of("", "status=lost", "status=dead&cursor=x")) {
                tour.ask(gateway, request("DELETE", "/webhooks/deliveries?" + query));
            }
            for (String query : List.of("status=pending", "cursor=x")) {
                tour.ask(gateway, request("POST", "/webhooks/deliveries/redeliver?" + query));
            }
            about(CHANGES, id, "wd_1")
                    .forEach(request -> tour.ask(gateway, request.replaceFirst("\r\n", "\r\n" + FOREIGN + "\r\n")));
        }
    }

    private void strangers() {
        try (TestGateway gateway = TestGateway.start(
                "auth.mode=tokens", "auth.tokens=[{token: shop-client-token-1, owner: shop, role: client}]")) {
            tour.askAll(gateway, about(everything(), "ep_1", "wd_1"));
        }
    }

    private void storeInTrouble() {
        try (RedisProcess redis = RedisProcess.start();
                TestGateway gateway = start("store.kind=redis", "redis.uri=" + redis.uri(), "store.timeout=300ms")) {
            redis.freeze();
            tour.askAll(gateway, about(everything(), "ep_1", "wd_1"));
            redis.thaw();
        }
    }
}
