package dev.ringback.loadtest.result;

/**
 * What the server spent, in processor time of its process, user and kernel; {@value Sample#UNKNOWN} stands for what is not known.
 *
 * @param microsPerDelivery in the measured time
 * @param microsPerEvent the same time, shared among the events that the server accepted
 */
public record Costs(double microsPerDelivery, double microsPerEvent, Connecting connecting) {
    /** Of a run that told nothing of it. */
    public static final Costs UNKNOWN = new Costs(
            Sample.UNKNOWN,
            Sample.UNKNOWN,
            new Connecting(Sample.UNKNOWN, Sample.UNKNOWN, Sample.UNKNOWN, Sample.UNKNOWN));

    /**
     * The time before the first event, in which everyone came to wait. The making of the jobs is none of it.
     *
     * @param connections that came to wait
     * @param seconds from the first one's dialling until the last one waited
     * @param microsPerConnect processor time for each of them
     */
    public record Connecting(long connections, double seconds, double perSecond, double microsPerConnect) {}
}
