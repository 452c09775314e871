package dev.ringback.loadtest.client;

import java.io.IOException;

/** The gateway's {@code /metrics}, in Prometheus' text format. */
public final class AdminMetrics {
    private final Target admin;

    public AdminMetrics(Target admin) {
        this.admin = admin;
    }

    /**
     * Reads one sample now.
     *
     * @param sample its name, with its labels as they are written: {@code ringback_waiting{transport="sse"}}
     */
    public double read(String sample) throws IOException {
        return find(text(), sample);
    }

    /** Reads all samples now, as they are written. */
    public String text() throws IOException {
        try (HttpConnection connection = new HttpConnection(admin)) {
            HttpConnection.Answer answer = connection.request("GET", "/metrics", "");
            if (answer.status() != 200) {
                throw new WireException(admin + "/metrics answered HTTP " + answer.status());
            }
            return answer.body();
        }
    }

    /** Reads one sample now; -1 where the gateway has no such metric. */
    public long readIfThere(String sample) throws IOException {
        try {
            return (long) read(sample);
        } catch (WireException e) {
            return -1;
        }
    }

    /** Finds one sample among those that were read. */
    public static double find(String text, String sample) throws WireException {
        String prefix = sample + " ";
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(prefix)) {
                return Double.parseDouble(line.substring(prefix.length()).split(" ", 2)[0]);
            }
        }
        throw new WireException("no " + sample + " among the gateway's metrics");
    }
}
