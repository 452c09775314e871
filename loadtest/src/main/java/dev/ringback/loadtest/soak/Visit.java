package dev.ringback.loadtest.soak;

import dev.ringback.loadtest.client.Poll;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a visitor may come for: each leaves something that the server has to clear away. */
enum Visit {
    HEARS_THE_END(20) {
        @Override
        void pay(Visitor v) throws IOException {
            String job = v.newJob();
            try (RawSocket stream = v.stream("/jobs/" + job, "")) {
                stream.readUntil("event: ");
                v.progress(job, 100);
                v.end(job);
                stream.readUntil("event: complete");
            }
        }
    },
    LEAVES_A_STREAM_HALF_READ(20) {
        @Override
        void pay(Visitor v) throws IOException {
            String job = v.newJob();
            try (RawSocket stream = v.stream("/jobs/" + job, "")) {
                stream.readUntil("event: ");
                v.progress(job, v.random.nextInt(8_000));
                v.leave(stream);
            }
            v.cancel(job);
        }
    },
    LEAVES_BEFORE_THE_ANSWER(10) {
        @Override
        void pay(Visitor v) throws IOException {
            String job = v.newJob();
            try (RawSocket stream = v.stream("/jobs/" + job, "")) {
                v.leave(stream);
            }
            try (RawSocket poll = v.get("/jobs/" + job + "?wait=10", "")) {
                v.leave(poll);
            }
            v.end(job);
        }
    },
    FOLLOWS_MANY_BY_WEB_SOCKET(15) {
        @Override
        void pay(Visitor v) throws IOException {
            String one = v.newJob();
            String other = v.newJob();
            try (RawSocket socket = v.webSocket("/ws")) {
                socket.send(Visitor.frame("{\"subscribe\":[\"" + one + "\",\"" + other + "\"]}"));
                socket.send(Visitor.frame("{\"subscribe\":\"" + v.newName() + "\"}"));
                socket.readUntil("\"event\":\"status\"");
                socket.send(Visitor.frame("{\"unsubscribe\":[\"" + other + "\"]}"));
                v.end(one);
                socket.readUntil("\"event\":\"complete\"");
                socket.send(Visitor.frame("{\"ping\":1}"));
                v.leave(socket);
            }
            v.cancel(other);
        }
    },
    SAYS_NONSENSE_BY_WEB_SOCKET(8) {
        private final List<byte[]> nonsense = List.of(
                Visitor.frame("{\"subscribe\":"),
                Visitor.frame("{\"conquer\":[\"a\"]}"),
                Visitor.frame("{\"subscribe\":[\"not/an/id\"]}"),
                Visitor.frame(0x83, "a reserved kind"),
                new byte[] {(byte) 0x81, 5, 'n', 'o', 'm', 'a', 's'},
                new byte[] {(byte) 0x81, (byte) 0xFF, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0});

        @Override
        void pay(Visitor v) throws IOException {
            String job = v.newJob();
            try (RawSocket socket = v.webSocket("/jobs/" + job)) {
                socket.readUntil("\"event\":\"status\"");
                socket.send(nonsense.get(v.random.nextInt(nonsense.size())));
                socket.readUntil("\"error\"", "\u0088");
                v.leave(socket);
            }
            v.end(job);
        }
    },
    WAITS_FOR_AN_UNKNOWN_JOB(15) {
        @Override
        void pay(Visitor v) throws IOException {
            String job = v.newName();
            boolean streams = v.random.nextBoolean();
            try (RawSocket socket = streams ? v.stream("/jobs/" + job, "") : v.get("/jobs/" + job + "?wait=10", "")) {
                if (v.random.nextInt(4) == 0) {
                    socket.readUntil("event: gone", "404 ");
                }
                v.leave(socket);
            }
        }
    },
    COMES_BACK_WITH_A_CURSOR(15) {
        private final Pattern id = Pattern.compile("id: (\\S+)");

        @Override
        void pay(Visitor v) throws IOException {
            String job = v.newJob();
            String cursor = "";
            try (RawSocket first = v.stream("/jobs/" + job, "")) {
                Matcher found = id.matcher(first.readUntil("data: "));
                cursor = found.find() ? found.group(1) : "none";
                first.reset();
            }
            List<String> cursors = List.of(cursor, cursor + "9", "zzzzz-1", "\u00e9!?", "x".repeat(4_000));
            String returned = cursors.get(v.random.nextInt(cursors.size()));
            try (RawSocket second = v.stream("/jobs/" + job, "Last-Event-ID: " + returned + "\r\n")) {
                second.readUntil("200 OK");
                v.end(job);
                second.readUntil("event: complete");
            }
        }
    },
    ASKS_BADLY(15) {
        @Override
        void pay(Visitor v) throws IOException {
            String host = "Host: " + v.target.authority() + "\r\n";
            List<String> requests = List.of(
                    "nonsense\r\n\r\n",
                    "GET / HTTP/9.9\r\n" + host + "\r\n",
                    "GET /jobs/a HTTP/1.1\r\n\r\n",
                    "GET /jobs/" + "a".repeat(9_000) + " HTTP/1.1\r\n" + host + "\r\n",
                    "GET /jobs/a HTTP/1.1\r\n" + host + "X: " + "y".repeat(20_000) + "\r\n\r\n",
                    "POST /jobs HTTP/1.1\r\n" + host + "Content-Length: 99999999\r\n\r\n",
                    "POST /jobs HTTP/1.1\r\n" + host
                            + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "POST /jobs HTTP/1.1\r\n" + host + "Content-Length: 8\r\n\r\n{\"type\":",
                    "POST /jobs HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                    "PATCH /jobs/a HTTP/1.1\r\n" + host + "\r\n",
                    "GET /jobs/%ff%fe?wait=x HTTP/1.1\r\n" + host + "\r\n");
            try (RawSocket socket = v.connect()) {
                socket.send(requests.get(v.random.nextInt(requests.size())));
                socket.readUntil("HTTP/1.1 4", "HTTP/1.1 5");
                v.leave(socket);
            }
        }
    },
    STOPS_IN_THE_MIDDLE_OF_A_REQUEST(8) {
        @Override
        void pay(Visitor v) throws IOException {
            String whole = v.head("POST", "/jobs", "Content-Length: 50\r\n") + "{\"type\":";
            try (RawSocket socket = v.connect()) {
                socket.send(whole.substring(0, v.random.nextInt(whole.length())));
                if (v.random.nextInt(8) == 0) {
                    socket.readToEnd();
                }
                v.leave(socket);
            }
        }
    },
    BREAKS_AN_UPLOAD_OFF(6) {
        private static final int WHOLE = 200_000;

        @Override
        void pay(Visitor v) throws IOException {
            String job = v.newJob();
            String fields = "Content-Type: application/octet-stream\r\nContent-Length: " + WHOLE + "\r\n";
            int bytes = v.random.nextInt(3) == 0 ? WHOLE : v.random.nextInt(WHOLE);
            try (RawSocket upload = v.connect()) {
                upload.send(v.head("PUT", "/jobs/" + job + "/result", fields)).send(new byte[bytes]);
                if (bytes == WHOLE) {
                    upload.readUntil("200 OK");
                }
                v.leave(upload);
            }
            if (bytes < WHOLE) {
                v.cancel(job);
                return;
            }
            try (RawSocket download = v.get("/jobs/" + job + "/result", "")) {
                download.readUntil("200 OK");
                v.leave(download);
            }
        }
    },
    ASKS_FOR_THE_NEXT_WHILE_IT_WAITS(8) {
        @Override
        void pay(Visitor v) throws IOException {
            String job = v.newJob();
            try (RawSocket socket = v.get("/jobs/" + job + "/result?wait=10", "")) {
                socket.send(v.head("GET", "/jobs/" + job, ""));
                if (v.random.nextInt(4) == 0) {
                    socket.send("y".repeat(5_000));
                    socket.readToEnd();
                    v.end(job);
                    return;
                }
                v.end(job);
                socket.readUntil("\"status\":\"completed\"");
                v.leave(socket);
            }
        }
    },
    SUBMITS_TWICE_AND_TRIES_AGAIN(10) {
        private final Pattern id = Pattern.compile("\"jobId\":\"([^\"]+)\"");

        @Override
        void pay(Visitor v) throws IOException {
            String body = "{\"type\":\"soak\",\"input\":{\"n\":1}}";
            String post = v.head(
                            "POST",
                            "/jobs",
                            "Idempotency-Key: " + v.newName() + "\r\nContent-Length: " + body.length() + "\r\n")
                    + body;
            try (RawSocket socket = v.connect()) {
                Matcher job = id.matcher(socket.send(post).readUntil("\"status\":\"queued\""));
                socket.send(post).readUntil("200 OK");
                v.leave(socket);
                if (job.find()) {
                    String failed = job.group(1);
                    v.require(
                            200,
                            "POST",
                            "/jobs/" + failed + "/events",
                            "{\"status\":\"failed\",\"error\":{\"code\":\"x\",\"retryable\":true}}");
                    Matcher again = id.matcher(v.require(202, "POST", "/jobs/" + failed + "/retry", ""));
                    v.cancel(again.find() ? again.group(1) : "none");
                }
            }
        }
    },
    FOLLOWS_MANY_ON_ONE_STREAM(8) {
        @Override
        void pay(Visitor v) throws IOException {
            String one = v.newJob();
            String other = v.newJob();
            try (RawSocket stream = v.stream("/events?jobs=" + one + "," + other + "," + v.newName(), "")) {
                stream.readUntil("event: status");
                v.end(one);
                stream.readUntil("event: complete");
                v.leave(stream);
            }
            v.end(other);
        }
    },
    COMES_AND_LEAVES(10) {
        @Override
        void pay(Visitor v) throws IOException {
            try (RawSocket socket = v.connect()) {
                v.leave(socket);
            }
        }
    },
    NEVER_READS(1) {
        private static final int EVENTS = 150;
        private static final int EVENT_BYTES = 24 * 1024;
        private static final Duration LONGER_THAN_THE_STALL_TIMEOUT = Duration.ofMillis(2_500);

        @Override
        void pay(Visitor v) throws IOException, InterruptedException {
            String job = v.newJob();
            try (RawSocket stream = new RawSocket(v.target, 4_096)) {
                stream.send(v.head("GET", "/jobs/" + job, "Accept: text/event-stream\r\n"));
                for (int i = 0; i < EVENTS; i++) {
                    v.progress(job, EVENT_BYTES);
                }
                Poll.pass(LONGER_THAN_THE_STALL_TIMEOUT);
                v.leave(stream);
            }
            v.end(job);
        }
    };

    /** How often it is chosen, among all. */
    final int weight;

    Visit(int weight) {
        this.weight = weight;
    }

    /** Throws where the server does not answer as it should. */
    abstract void pay(Visitor visitor) throws IOException, InterruptedException;

    static Visit any(java.util.random.RandomGenerator random) {
        int place = random.nextInt(TOTAL);
        Visit chosen = HEARS_THE_END;
        for (Visit visit : values()) {
            place -= visit.weight;
            if (place < 0) {
                chosen = visit;
                break;
            }
        }
        return chosen;
    }

    private static final int TOTAL =
            java.util.Arrays.stream(values()).mapToInt(visit -> visit.weight).sum();

    String words() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
}
