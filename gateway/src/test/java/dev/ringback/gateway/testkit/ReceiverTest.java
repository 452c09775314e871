package dev.ringback.gateway.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link Receiver} as fixture. */
class ReceiverTest {
    private static final int TRIALS = 300;
    private static final int PATIENCE_SECONDS = 30;

    /** Fewer than a full backlog, in which a connection may be open for the caller alone. */
    private static final int MOST_CONNECTIONS = 200;

    private final Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();

    @AfterEach
    void restoreHandler() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    @Test
    void connectionThatComesWhileItIsClosedIsEndedAndHarmsNobody() throws Exception {
        Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, problem) -> uncaught.add(problem));
        for (int i = 0; i < TRIALS; i++) {
            Receiver receiver = Receiver.start();
            CountDownLatch connected = new CountDownLatch(1);
            Thread caller = new Thread(() -> connectUntilClosed(receiver.port(), connected));
            caller.start();
            assertThat(connected.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            receiver.close();
            caller.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            assertThat(caller.isAlive()).as("a connection was left open").isFalse();
        }
        assertThat(uncaught).isEmpty();
    }

    /** Leaves each connection open, as clients with a pool do; at the end it waits until each has been ended. */
    private static void connectUntilClosed(int port, CountDownLatch connected) {
        List<Socket> sockets = new ArrayList<>();
        try {
            while (sockets.size() < MOST_CONNECTIONS) {
                sockets.add(new Socket(InetAddress.getByName("127.0.0.1"), port));
                connected.countDown();
            }
        } catch (IOException e) {
            // Nobody listens any more.
        }
        for (Socket socket : sockets) {
            awaitEnd(socket);
        }
    }

    /** Something is sent first: a connection made while the port is closed may have no other side, and only learns of it so. */
    private static void awaitEnd(Socket socket) {
        try (socket) {
            socket.getOutputStream().write('x');
            assertThat(socket.getInputStream().read()).isNegative();
        } catch (IOException e) {
            // A reset ends it too.
        }
    }
}
