package dev.ringback.gateway.simulation;

import dev.ringback.gateway.hub.Hub;
import dev.ringback.gateway.store.JobPage;
import dev.ringback.gateway.store.JobQuery;
import dev.ringback.gateway.store.JobStore;
import dev.ringback.gateway.store.JobWork;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.gateway.store.StoreRead;
import dev.ringback.gateway.store.StoreWrite;
import dev.ringback.protocol.JobChange;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** A gateway's store: each call is one command on the connection of the job's shard. */
final class SimulatedStore implements JobStore {
    private final SimulatedServer server;
    private final List<SimulatedCommands> shards;
    private final ReadFaults faults;

    SimulatedStore(SimulatedServer server, List<SimulatedCommands> shards, ReadFaults faults) {
        this.server = server;
        this.shards = shards;
        this.faults = faults;
    }

    private SimulatedCommands shardOf(JobId id) {
        return shards.get(Hub.shardOf(id, shards.size()));
    }

    @Override
    public CompletionStage<StoreRead> read(JobId id) {
        return shardOf(id).call(false, () -> {
            StoreException failure = faults.next();
            if (failure != null) {
                throw failure;
            }
            return server.read(id);
        });
    }

    @Override
    public CompletionStage<StoreWrite> apply(JobId id, JobChange change, Origin origin) {
        return shardOf(id).call(true, () -> server.apply(id, change, origin));
    }

    @Override
    public CompletionStage<byte[]> result(JobId id) {
        throw new UnsupportedOperationException("no simulated result is large");
    }

    @Override
    public CompletionStage<StoreWrite> create(JobId id, NewJob job, Submission submission) {
        throw new UnsupportedOperationException("simulated jobs are made by their workers");
    }

    @Override
    public CompletionStage<JobWork> work(JobId id) {
        throw new UnsupportedOperationException("simulated jobs are made by their workers");
    }

    @Override
    public CompletionStage<NewJob> submitted(JobId id) {
        throw new UnsupportedOperationException("simulated jobs are made by their workers");
    }

    @Override
    public CompletionStage<JobPage> list(JobQuery query) {
        throw new UnsupportedOperationException("nobody lists simulated jobs");
    }

    @Override
    public CompletionStage<byte[]> secret() {
        throw new UnsupportedOperationException("simulated jobs have ids of their own");
    }

    @Override
    public String outage() {
        return null;
    }

    @Override
    public void close() {}
}
