import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

// Receives webhooks of Ringback, and trusts only what Ringback signed (Standard Webhooks 1.0). JDK 17 or newer, nothing else.
//     WEBHOOK_SECRET=whsec_... PORT=9000 java Receiver.java
public class Receiver {
    private static final long WINDOW = 5 * 60; // seconds that a request may be old, or ahead of our clock
    private static final int MAX_BODY = 1024 * 1024;
    private static final byte[] KEY = Base64.getDecoder().decode(System.getenv("WEBHOOK_SECRET").replaceFirst("^whsec_", ""));

    /** webhook-id → when its timestamp leaves the window. Only signed ids get in, so that strangers can't fill it. */
    private static final HashMap<String, Long> SEEN = new HashMap<>();

    /** What you do about an event goes here. Where it throws, the answer is 500, and Ringback tries again later. */
    static void act(String event, String id) {
        System.out.println(event.split("\"", 5)[3] + " " + id); // {"type":"… stands first; a JSON library reads all
    }

    /** The status to answer with; what is Ringback's, and of now, is acted on. */
    static int receive(Headers headers, byte[] body) throws GeneralSecurityException {
        String id = headers.getFirst("webhook-id"), timestamp = headers.getFirst("webhook-timestamp");
        String signatures = headers.getFirst("webhook-signature");
        if (id == null || timestamp == null || !timestamp.matches("[0-9]{1,12}") || signatures == null) return 400;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
        mac.update((id + "." + timestamp + ".").getBytes(UTF_8));
        // The signature covers the bytes as they came: parsing and writing JSON again would change them.
        byte[] expected = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))).getBytes(UTF_8);
        boolean signed = false;
        for (String signature : signatures.split(" ")) { // several come while a secret is replaced: one of them is enough
            signed |= MessageDigest.isEqual(signature.getBytes(UTF_8), expected); // takes as long wherever they differ
        }
        // An old request is signed too: somebody may have recorded it.
        long sent = Long.parseLong(timestamp), now = System.currentTimeMillis() / 1000;
        if (!signed || Math.abs(now - sent) > WINDOW) return 401;
        synchronized (SEEN) {
            SEEN.values().removeIf(until -> until < now);
            // An event may come twice, from Ringback or from somebody who recorded it.
            if (!SEEN.containsKey(id)) act(new String(body, UTF_8), id);
            // Ringback also repeats after hours: who must never act twice keeps the ids in the database of the action.
            SEEN.merge(id, sent + WINDOW, Math::max);
        }
        return 204;
    }

    static void handle(HttpExchange exchange) throws IOException {
        int status = 500;
        try {
            byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
            boolean isPost = exchange.getRequestMethod().equals("POST");
            status = !isPost ? 405 : body.length > MAX_BODY ? 413 : receive(exchange.getRequestHeaders(), body);
        } catch (GeneralSecurityException | RuntimeException failure) {
            System.err.println("failed: " + failure);
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    public static void main(String[] arguments) throws IOException {
        System.setProperty("sun.net.httpserver.maxReqTime", "10"); // seconds that a whole request may take
        String port = System.getenv().getOrDefault("PORT", "9000");
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(port)), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", Receiver::handle);
        server.start();
        System.out.println("listening on port " + server.getAddress().getPort());
    }
}
