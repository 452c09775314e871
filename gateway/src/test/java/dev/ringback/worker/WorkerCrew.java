package dev.ringback.worker;

import dev.ringback.loadtest.client.Target;
import dev.ringback.worker.WorkerExample.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One worker of each language, started again whenever it was killed. Any thread may call. */
final class WorkerCrew implements AutoCloseable {
    private static final int KILLED = 128 + 9;
    private static final int GRACE_SECONDS = 10;
    private static final int LEASE_SECONDS = 2;

    private final List<Target> gateways;
    private final String type;
    private final Queue<String> faults = new ConcurrentLinkedQueue<>();
    /** Guarded by this, as are the others. */
    private final List<WorkerExample> workers = new ArrayList<>();

    private int crashes;
    private boolean closed;

    private WorkerCrew(List<Target> gateways, String type) {
        this.gateways = gateways;
        this.type = type;
    }

    static WorkerCrew start(List<Target> gateways, String type) {
        WorkerCrew crew = new WorkerCrew(gateways, type);
        for (Language language : Language.values()) {
            crew.start(language);
        }
        return crew;
    }

    private synchronized void start(Language language) {
        if (closed) {
            return;
        }
        String gateway = gateways.get(language.ordinal() % gateways.size()).toString();
        WorkerExample worker = WorkerExample.start(language.withModes(), gateway, type, GRACE_SECONDS, LEASE_SECONDS);
        workers.add(worker);
        var unused = worker.onExit().thenAccept(exitCode -> ended(language, worker, exitCode));
    }

    private synchronized void ended(Language language, WorkerExample worker, int exitCode) {
        if (closed) {
            return;
        }
        if (exitCode == KILLED) {
            crashes++;
            start(language);
        } else {
            faults.add(language + " ended with " + exitCode + ": " + worker.printed());
        }
    }

    /** How many workers were killed. */
    synchronized int crashes() {
        return crashes;
    }

    /** Workers that ended otherwise. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    @Override
    public void close() throws Exception {
        List<WorkerExample> last;
        synchronized (this) {
            closed = true;
            last = List.copyOf(workers);
        }
        for (WorkerExample worker : last) {
            worker.close();
        }
    }
}
