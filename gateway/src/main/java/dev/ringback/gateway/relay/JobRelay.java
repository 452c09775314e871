package dev.ringback.gateway.relay;

import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.util.concurrent.CompletionStage;

/**
 * The wake-up of one shard: carries events from the store to it, at most once each and only while connected. Losing one costs
 * delay, never the truth, because the store is read again. Confined to the shard's loop, the listener's calls included.
 */
public interface JobRelay {
    /** Begins to connect; {@link Listener#onConnected} follows, and follows again after each break. Called once. */
    void start(Listener listener);

    /** Asks for a job's events. Asking twice is harmless. Lost without a word while not connected. */
    void subscribe(JobId id);

    /** Gives up a job's events. Acknowledgements come in the order of the requests for one job. */
    void unsubscribe(JobId id);

    /**
     * Sends a canary on the way that events take: out through the store's connection, and back to {@link Listener#onCanary}.
     * The stage completes on the loop once the store's side has taken it, exceptionally where it did not.
     *
     * @param number rises with each canary
     */
    CompletionStage<Void> sendCanary(long number);

    /** Gives up the present connection, which may be dead without having ended, for a new one. */
    void reconnect();

    /** Ends the connection; the listener hears nothing more. */
    void close();

    /** Hears the relay, on the shard's loop. */
    interface Listener {
        /** A new connection: whatever was subscribed on an earlier one is not any more. */
        void onConnected();

        void onDisconnected();

        /** The relay carries this job's events from now on, on the present connection. */
        void onSubscribed(JobId id);

        void onUnsubscribed(JobId id);

        void onEvent(JobEvent event);

        /** A canary came back. */
        void onCanary(long number);

        /** Events may have been lost, or be late, although the connection seems to stand: what is waited for is to be read. */
        void onDoubt();

        /** Something about this job arrived that could not be read: only the store knows now. */
        void onUnreadable(JobId id);
    }
}
