package dev.ringback.loadtest.client;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The ways to wait. */
public enum Transport {
    LONG_POLL,
    SSE,
    WEBSOCKET;

    /** As command lines and reports spell it. */
    public String spelling() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The gateway's gauge of those that wait this way. */
    public String waitingGauge() {
        return "ringback_waiting{transport=\"" + name().toLowerCase(Locale.ROOT) + "\"}";
    }

    Waiter waiter(Waiter.Wait wait, Hearer hearer) {
        return switch (this) {
            case LONG_POLL -> new LongPollWaiter(wait, hearer);
            case SSE -> new SseWaiter(wait, hearer);
            case WEBSOCKET -> new WebSocketWaiter(wait, hearer);
        };
    }

    /**
     * Reads one spelling.
     *
     * @throws IllegalArgumentException where there is no such transport
     */
    public static Transport parse(String text) {
        for (Transport transport : values()) {
            if (transport.spelling().equals(text)) {
                return transport;
            }
        }
        throw new IllegalArgumentException("must be long-poll, sse or websocket, not " + text);
    }

    /** Reads a command line's transport. */
    public static final class Converter implements ITypeConverter<Transport> {
        @Override
        public Transport convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** One transport, or {@code all}. */
    public record Choice(List<Transport> transports) {
        /** Reads a command line's choice. */
        public static final class Converter implements ITypeConverter<Choice> {
            @Override
            public Choice convert(String text) {
                return "all".equals(text)
                        ? new Choice(List.of(values()))
                        : new Choice(List.of(new Transport.Converter().convert(text)));
            }
        }
    }
}
