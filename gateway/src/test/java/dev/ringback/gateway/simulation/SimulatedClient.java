package dev.ringback.gateway.simulation;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.connection.Reply;
import dev.ringback.loadtest.check.Heard;
import dev.ringback.loadtest.check.Truth;
import dev.ringback.protocol.Cursor;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.JobState;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A good client: it waits for one job until it has heard the end, comes back whenever a connection ends, and writes down all it hears. */
abstract class SimulatedClient implements SimulatedConnection.ClientEnd {
    private static final long QUICKEST_RETURN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    static final long SLOWEST_RETURN_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
    private static final byte[] NO_BODY = {};

    final World world;
    final int number;
    final JobId job;
    /** How far it has come; null while it has heard nothing. */
    Cursor cursor;

    boolean ended;
    private JobState state;
    private boolean left;
    private SimulatedConnection connection;

    SimulatedClient(World world, int number, JobId job) {
        this.world = world;
        this.number = number;
        this.job = job;
    }

    void begin() {
        world.chronicle.hear(number, job, Heard.Kind.BEGAN);
        connect();
    }

    /** Whether its cursor names the truth, and its state is another. */
    boolean isMisledAbout(Truth truth) {
        boolean named = cursor != null
                && truth.job().equals(job)
                && truth.version() == cursor.version()
                && cursor.incarnation().equals(truth.incarnation());
        return named && !state.isTerminal() && state != truth.state();
    }

    /** Whether it wants nothing more. */
    boolean isDone() {
        return left || ended;
    }

    final void connect() {
        if (left) {
            return;
        }
        hear(Heard.Kind.CONNECTED);
        SimulatedGateway gateway = world.someGateway();
        if (!gateway.isUp()) {
            hear(Heard.Kind.CLOSED);
            comeBack();
            return;
        }
        connection = gateway.accept(this);
        send(gateway);
    }

    private void send(SimulatedGateway gateway) {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/jobs/" + job + query());
        addHeaders(head);
        SimulatedConnection own = connection;
        own.request(() -> gateway.router().handle(head, NO_BODY, own));
    }

    abstract String query();

    abstract void addHeaders(HttpRequest head);

    final void comeBack() {
        if (!left && !ended) {
            world.after(world.between(QUICKEST_RETURN_NANOS, SLOWEST_RETURN_NANOS), this::connect);
        }
    }

    final void leave() {
        if (!left && !ended) {
            left = true;
            hear(Heard.Kind.LEFT);
            if (connection != null) {
                connection.leave();
            }
        }
    }

    final void leaveConnection() {
        connection.leave();
    }

    @Override
    public void onClosed() {
        hear(Heard.Kind.CLOSED);
        comeBack();
    }

    final void hear(Heard.Kind kind) {
        world.chronicle.hear(number, job, kind);
    }

    /** Writes a state down, and takes it for its own. */
    final void hear(Heard.Kind kind, Cursor told, JobState newState) {
        cursor = told;
        state = newState;
        ended = newState.isTerminal();
        world.chronicle.hear(
                new Heard(number, job, world.scheduler.now(), kind, told.incarnation(), told.version(), newState));
    }

    /** An answer that says nothing of the job's state. */
    final void onOther(Reply reply) {
        // A job that it has heard of and that is no more was lost with the server's data; one not heard of may still be
        // made.
        if (reply.status() == 410 || reply.status() == 404 && cursor != null) {
            gone();
        } else {
            hear(Heard.Kind.REFUSED);
            connection.leave();
            comeBack();
        }
    }

    final void gone() {
        hear(Heard.Kind.GONE);
        world.gone(this);
        left = true;
        connection.leave();
    }

    static JobState stateIn(byte[] document) {
        return stateIn(new String(document, ISO_8859_1));
    }

    static JobState stateIn(String document) {
        String name = "\"status\":\"";
        int from = document.indexOf(name) + name.length();
        return JobState.valueOf(
                document.substring(from, document.indexOf('"', from)).toUpperCase(Locale.ROOT));
    }
}
