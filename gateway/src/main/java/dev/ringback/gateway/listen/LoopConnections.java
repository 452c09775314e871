package dev.ringback.gateway.listen;

import dev.ringback.gateway.loop.Loop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one loop: a list that runs through the connections themselves, and what is to be flushed at the end of the
 * present burst. Confined to the loop.
 */
final class LoopConnections {
    private final Loop loop;
    private @Nullable ConnectionHandler first;
    private int count;
    private int answering;
    /** Beside the connections and not in them, because they are many and these are few, or none. */
    private final Map<CountedConnection, InetAddress> clients = new IdentityHashMap<>();
    /** What the backlogs' marks were when those were looked at whose clients read slowly. */
    private final Map<ConnectionHandler, Integer> backlogs = new IdentityHashMap<>();

    private List<ConnectionOutput> toFlush = new ArrayList<>();
    private List<ConnectionOutput> flushing = new ArrayList<>();

    LoopConnections(Loop loop) {
        this.loop = loop;
    }

    Loop loop() {
        return loop;
    }

    int count() {
        return count;
    }

    /** Requests that are being answered now, those that wait not counted. */
    int answering() {
        return answering;
    }

    void beginAnswer() {
        answering++;
    }

    void answered() {
        answering--;
    }

    /** Whose request the connection answers, where a trusted proxy asks for clients and what each has is counted. */
    void setClient(CountedConnection connection, InetAddress client) {
        clients.put(connection, client);
    }

    @Nullable InetAddress takeClient(CountedConnection connection) {
        return clients.remove(connection);
    }

    /** Whether the client has taken some of what waits for it since this was asked last. */
    boolean takesBytes(ConnectionHandler connection) {
        int mark = connection.backlogMark();
        Integer before = backlogs.put(connection, mark);
        return mark != 0 && (before == null || before != mark);
    }

    void add(ConnectionHandler connection) {
        assert loop.inLoop();
        connection.next = first;
        if (first != null) {
            first.previous = connection;
        }
        first = connection;
        count++;
    }

    void remove(ConnectionHandler connection) {
        assert loop.inLoop();
        backlogs.remove(connection);
        ConnectionHandler before = connection.previous;
        ConnectionHandler after = connection.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after != null) {
            after.previous = before;
        }
        connection.previous = null;
        connection.next = null;
        count--;
    }

    /** A copy, so that connections may end while the caller goes through it. */
    List<ConnectionHandler> all() {
        List<ConnectionHandler> all = new ArrayList<>(count);
        for (ConnectionHandler each = first; each != null; each = each.next) {
            all.add(each);
        }
        return all;
    }

    /** Flushes the connection once when the burst ends, however often it is written to before. */
    void flushLater(ConnectionOutput connection) {
        if (toFlush.isEmpty()) {
            loop.execute(this::flush);
        }
        toFlush.add(connection);
    }

    private void flush() {
        List<ConnectionOutput> burst = toFlush;
        toFlush = flushing;
        for (ConnectionOutput connection : burst) {
            connection.flushNow();
        }
        burst.clear();
        flushing = burst;
    }
}
