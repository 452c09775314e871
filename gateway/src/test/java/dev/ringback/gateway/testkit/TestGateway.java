package dev.ringback.gateway.testkit;

import dev.ringback.gateway.Gateway;
import dev.ringback.gateway.StartException;
import dev.ringback.gateway.config.GatewayConfig;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** A whole gateway on free ports of the loopback interface, with real sockets. */
public final class TestGateway implements AutoCloseable {
    private final Gateway gateway;

    private TestGateway(Gateway gateway) {
        this.gateway = gateway;
    }

    /** Starts with the defaults, free ports, no demo worker, and the settings given as {@code key=value}. */
    public static TestGateway start(String... settings) {
        List<String> all = new ArrayList<>(List.of("listen.port=0", "admin.port=0", "demo.enabled=false"));
        all.addAll(List.of(settings));
        try {
            return new TestGateway(Gateway.start(GatewayConfig.of(all.toArray(String[]::new))));
        } catch (StartException e) {
            throw new IllegalStateException(e);
        }
    }

    public Gateway gateway() {
        return gateway;
    }

    public InetSocketAddress address() {
        return gateway.address();
    }

    /** A URL of the client port. */
    public URI http(String path) {
        return URI.create("http://127.0.0.1:" + gateway.address().getPort() + path);
    }

    public URI ws(String path) {
        return URI.create("ws://127.0.0.1:" + gateway.address().getPort() + path);
    }

    /** A URL of the admin port. */
    public URI admin(String path) {
        return URI.create("http://127.0.0.1:" + gateway.adminAddress().getPort() + path);
    }

    /** Whether it has what it needs to serve: of a Redis, all its connections too. */
    public boolean isReady() throws IOException {
        HttpURLConnection asking = (HttpURLConnection) admin("/readyz").toURL().openConnection();
        try {
            return asking.getResponseCode() == HttpURLConnection.HTTP_OK;
        } finally {
            asking.disconnect();
        }
    }

    /** A bare connection to the client port, for bytes that no HTTP client would send. Reads give up after 10 s. */
    public Socket socket() throws IOException {
        Socket socket = new Socket("127.0.0.1", gateway.address().getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    @Override
    public void close() {
        gateway.close();
    }
}
