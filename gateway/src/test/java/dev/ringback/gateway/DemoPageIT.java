package dev.ringback.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ringback.gateway.testkit.TestGateway;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The demo page in a real browser, and the {@link Browser} that drives it. */
class DemoPageIT {
    private static final List<String> PANELS = List.of("poll", "longpoll", "sse", "websocket");

    @Test
    void demoJobIsFollowedToItsEndInFourWaysWithoutAnError() throws Exception {
        assumeTrue(Browser.isThere(), Browser.ABSENT);
        try (TestGateway gateway = TestGateway.start("demo.enabled=true", "demo.duration=2s");
                Browser browser = Browser.start()) {
            browser.open(gateway.http("/"));
            browser.click("#start");
            await().atMost(Duration.ofSeconds(40))
                    .until(() -> browser.script("return document.body.dataset.state")
                            .asText()
                            .equals("done"));
            browser.screenshot(Path.of("target", "demo-page.png"));
            JsonNode panels = browser.script("return window.ringback.panels");
            for (String name : PANELS) {
                JsonNode panel = panels.path(name);
                assertThat(panel.path("terminals").asInt()).as(name).isEqualTo(1);
                assertThat(panel.path("state").asText()).as(name).isEqualTo("ended");
                assertThat(versions(panel)).as(name).isNotEmpty().isSorted().doesNotHaveDuplicates();
                assertThat(versions(panel)).as(name).endsWith(last(versions(panels.path("sse"))));
            }
            assertThat(browser.console())
                    .as("errors and violations of the content security policy")
                    .isEmpty();
        }
    }

    /** {@code demo.duration}, whatever the ticks of the loops are. */
    @Test
    void demoJobTakesAsLongAsConfigured() throws Exception {
        try (TestGateway gateway = TestGateway.start("demo.enabled=true", "demo.duration=500ms")) {
            HttpRequest request = HttpRequest.newBuilder(gateway.http("/jobs"))
                    .header("Prefer", "wait=20")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"type\":\"demo\"}"))
                    .build();
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode job = new ObjectMapper().readTree(response.body());
            Instant created = Instant.parse(job.path("createdAt").asText());
            Instant completed = Instant.parse(job.path("completedAt").asText());
            assertThat(Duration.between(created, completed)).isBetween(Duration.ofMillis(400), Duration.ofSeconds(10));
        }
    }

    @Test
    void pageIsCoveredByItsContentSecurityPolicy() throws Exception {
        assumeTrue(Browser.isThere(), Browser.ABSENT);
        try (TestGateway gateway = TestGateway.start();
                Browser browser = Browser.start()) {
            browser.open(gateway.http("/"));
            browser.script("const image = document.createElement('img'); image.src = 'http://127.0.0.1:1/x.png';"
                    + " document.body.append(image)");
            await().untilAsserted(() -> assertThat(browser.console())
                    .anySatisfy(line -> assertThat(line).contains("Content Security Policy")));
        }
    }

    private static List<Integer> versions(JsonNode panel) {
        return IntStream.range(0, panel.path("versions").size())
                .mapToObj(i -> panel.path("versions").path(i).asInt())
                .toList();
    }

    private static int last(List<Integer> versions) {
        return versions.get(versions.size() - 1);
    }

    /** Headless Chromium, driven by chromedriver over WebDriver. */
    static final class Browser implements AutoCloseable {
        static final String ABSENT = "chromium and chromedriver are not both on PATH: nothing was tried in a browser";

        private static final ObjectMapper JSON = new ObjectMapper();
        private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");

        private final HttpClient http = HttpClient.newHttpClient();
        private final Process driver;
        private final List<String> seenInConsole = new ArrayList<>();
        private String base = "";

        private Browser(Process driver) {
            this.driver = driver;
        }

        static boolean isThere() {
            return Files.isExecutable(onPath("chromium")) && Files.isExecutable(onPath("chromedriver"));
        }

        private static Path onPath(String program) {
            return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                    .map(folder -> Path.of(folder, program))
                    .filter(Files::isExecutable)
                    .findFirst()
                    .orElse(Path.of(program));
        }

        static Browser start() throws IOException, InterruptedException {
            Process driver = new ProcessBuilder(onPath("chromedriver").toString(), "--port=0")
                    .redirectErrorStream(true)
                    .start();
            Browser browser = new Browser(driver);
            try {
                browser.begin();
                return browser;
            } catch (IOException | InterruptedException | RuntimeException | Error e) {
                browser.close();
                throw e;
            }
        }

        private void begin() throws IOException, InterruptedException {
            base = "http://127.0.0.1:" + port(driver.inputReader()) + "/session";
            List<String> arguments = List.of(
                    "--headless=new",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--no-proxy-server",
                    "--window-size=1400,1500");
            Map<String, Object> options = Map.of("binary", onPath("chromium").toString(), "args", arguments);
            Map<String, Object> wanted =
                    Map.of("goog:chromeOptions", options, "goog:loggingPrefs", Map.of("browser", "ALL"));
            JsonNode made = send("POST", "", Map.of("capabilities", Map.of("alwaysMatch", wanted)));
            base += "/" + made.path("sessionId").asText();
        }

        private static String port(BufferedReader output) throws IOException {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                Matcher matcher = PORT.matcher(line);
                if (matcher.find()) {
                    return matcher.group(1);
                }
            }
            throw new IOException("chromedriver ended without naming its port");
        }

        void open(URI page) throws IOException, InterruptedException {
            send("POST", "/url", Map.of("url", page.toString()));
        }

        void click(String selector) throws IOException, InterruptedException {
            JsonNode found = send("POST", "/element", Map.of("using", "css selector", "value", selector));
            send("POST", "/element/" + found.elements().next().asText() + "/click", Map.of());
        }

        /** Runs a function's body in the page, and answers what it returns. */
        JsonNode script(String body) throws IOException, InterruptedException {
            return send("POST", "/execute/sync", Map.of("script", body, "args", List.of()));
        }

        void screenshot(Path file) throws IOException, InterruptedException {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.write(
                    file,
                    Base64.getDecoder()
                            .decode(send("GET", "/screenshot", Map.of()).asText()));
        }

        /** Warnings and errors of the console since the start. */
        List<String> console() throws IOException, InterruptedException {
            for (JsonNode entry : send("POST", "/se/log", Map.of("type", "browser"))) {
                if (List.of("WARNING", "SEVERE").contains(entry.path("level").asText())) {
                    seenInConsole.add(entry.path("message").asText());
                }
            }
            return List.copyOf(seenInConsole);
        }

        private JsonNode send(String method, String path, Map<String, ?> body)
                throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                    .timeout(Duration.ofSeconds(60))
                    .header("Content-Type", "application/json")
                    .method(
                            method,
                            method.equals("POST")
                                    ? HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))
                                    : HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode value = JSON.readTree(response.body()).path("value");
            if (response.statusCode() != 200) {
                throw new IOException(path + ": " + value.path("message").asText());
            }
            return value;
        }

        @Override
        public void close() throws IOException, InterruptedException {
            try {
                if (base.matches(".*/session/.+")) {
                    send("DELETE", "", Map.of());
                }
            } finally {
                driver.destroy();
                driver.waitFor();
            }
        }
    }
}
