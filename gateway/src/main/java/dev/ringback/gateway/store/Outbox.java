package dev.ringback.gateway.store;

/**
 * Where events wait until webhooks tell of them, as a job store in this process sees it: asked within the step, and given the event
 * once the step can't be undone. Any thread.
 */
public interface Outbox {
    /** Of a gateway without webhooks. */
    Outbox NONE = new Outbox() {
        @Override
        public boolean wants(boolean progress) {
            return false;
        }

        @Override
        public boolean hasRoom() {
            return false;
        }

        @Override
        public void accept(long number, OutboxEvent event) {
            throw new IllegalStateException("nobody takes events for webhooks");
        }
    };

    /** Whether some endpoint may want to hear of jobs' ends, or of their progress, though a job has no webhook of its own. */
    boolean wants(boolean progress);

    /** Whether there is room for one event more; where not, that event is lost, and counted here. */
    boolean hasRoom();

    /**
     * Takes an event.
     *
     * @param number its name in the outbox: events are told of in this order
     */
    void accept(long number, OutboxEvent event);
}
