package dev.ringback.loadtest.webhook;

import java.util.List;

/**
 * What a sink has received since it was told of a run.
 *
 * @param received requests to endpoints that answer
 * @param distinct deliveries among them
 * @param repeats deliveries that had come before
 * @param foreign requests of another run, or to an endpoint that should not have got them
 * @param unstamped requests whose body does not tell when its event was due
 * @param ignored requests' bytes that came to the endpoint that never answers
 * @param accepted connections, since the sink began
 * @param hlog how long the judged endpoints' deliveries took, from the moment an event was due; a histogram in base64
 * @param endpoints each of those that answer
 */
record SinkFigures(
        long received,
        long distinct,
        long repeats,
        long foreign,
        long unstamped,
        long ignored,
        long accepted,
        String hlog,
        List<OfEndpoint> endpoints) {

    /** One endpoint; times count from the moment an event was due. */
    record OfEndpoint(long received, long distinct, double p50Micros, double p99Micros) {}
}
