package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The commands that an index of jobs needs: sorted sets, a scan of all keys, and a lease. They belong into the steps of
 * {@link RedisShardClient#call}, or run without a deadline. Confined to the shard's loop.
 */
public final class IndexCommands {
    private static final byte[] CHANGED = text("CH");
    private static final byte[] WITH_SCORES = text("WITHSCORES");
    private static final byte[] LIMIT = text("LIMIT");
    private static final byte[] COUNT = text("COUNT");
    private static final byte[] IF_ABSENT = text("NX");
    private static final byte[] MILLIS = text("PX");
    private static final byte[] LEAST = text("-inf");
    private static final byte[] GREATEST = text("+inf");

    private final CommandLink commands;

    IndexCommands(CommandLink commands) {
        this.commands = commands;
    }

    /** A member of a sorted set and its score, each as Redis writes it. */
    public record Scored(byte[] member, String score) {}

    /**
     * Part of all keys.
     *
     * @param cursor where the scan goes on; {@code 0} after the last part
     */
    public record Scan(byte[] cursor, List<byte[]> keys) {
        public boolean isLast() {
            return cursor.length == 1 && cursor[0] == '0';
        }
    }

    /** {@code ZADD}: how many of the members were new or had another score. */
    public CompletableFuture<Long> put(byte[] key, List<Scored> members) {
        List<byte[]> arguments = new ArrayList<>(List.of(key, CHANGED));
        for (Scored scored : members) {
            arguments.add(text(scored.score()));
            arguments.add(scored.member());
        }
        return number(CommandType.ZADD, arguments);
    }

    /** {@code ZREM}: how many of the members were there. */
    public CompletableFuture<Long> remove(byte[] key, List<byte[]> members) {
        List<byte[]> arguments = new ArrayList<>(List.of(key));
        arguments.addAll(members);
        return number(CommandType.ZREM, arguments);
    }

    /**
     * {@code ZREVRANGEBYSCORE}: members from the greatest score down.
     *
     * @param from the greatest score that is wanted; null for the greatest of all
     */
    public CompletableFuture<List<Scored>> descending(byte[] key, @Nullable Long from, long offset, int count) {
        byte[] greatest = from == null ? GREATEST : decimal(from);
        return scored(
                CommandType.ZREVRANGEBYSCORE,
                List.of(key, greatest, LEAST, WITH_SCORES, LIMIT, decimal(offset), decimal(count)));
    }

    /**
     * {@code ZRANGEBYSCORE}: members from the least score up.
     *
     * @param from the least score that is wanted; null for the least of all
     * @param to the greatest score that is wanted
     */
    public CompletableFuture<List<Scored>> ascending(byte[] key, @Nullable Long from, long to, long offset, int count) {
        byte[] least = from == null ? LEAST : decimal(from);
        return scored(
                CommandType.ZRANGEBYSCORE,
                List.of(key, least, decimal(to), WITH_SCORES, LIMIT, decimal(offset), decimal(count)));
    }

    /** {@code ZRANGE}: members by their rank, the least score first. */
    public CompletableFuture<List<Scored>> ranked(byte[] key, long from, int count) {
        return scored(CommandType.ZRANGE, List.of(key, decimal(from), decimal(from + count - 1), WITH_SCORES));
    }

    /** {@code SCAN}: about so many of all keys, from a cursor on. */
    public CompletableFuture<Scan> scan(byte[] cursor, int count) {
        return commands.send(CommandType.SCAN, List.of(cursor, COUNT, decimal(count)))
                .thenApply(reply -> {
                    List<byte[]> keys = ((List<?>) reply.get(1))
                            .stream().map(byte[].class::cast).toList();
                    return new Scan((byte[]) reply.get(0), keys);
                });
    }

    /** {@code SET}. */
    public CompletableFuture<Void> set(byte[] key, byte[] value) {
        return commands.send(CommandType.SET, List.of(key, value)).thenApply(done -> null);
    }

    /** {@code SET} where there is nothing yet. */
    public CompletableFuture<Void> setIfAbsent(byte[] key, byte[] value) {
        return commands.send(CommandType.SET, List.of(key, value, IF_ABSENT)).thenApply(done -> null);
    }

    /**
     * Takes a lease, or renews one's own: whether it is had now. Not atomic: a holder that was away for longer than the lease lasts
     * may believe for one renewal that it still holds it.
     */
    public CompletableFuture<Boolean> takeLease(byte[] key, byte[] holder, long millis) {
        return commands.send(CommandType.SET, List.of(key, holder, IF_ABSENT, MILLIS, decimal(millis)))
                .thenCompose(reply -> reply.get(0) == null
                        ? renewLease(key, holder, millis)
                        : CompletableFuture.completedFuture(true));
    }

    private CompletableFuture<Boolean> renewLease(byte[] key, byte[] holder, long millis) {
        return commands.send(CommandType.GET, List.of(key)).thenCompose(reply -> {
            boolean own = Arrays.equals((byte[]) reply.get(0), holder);
            return own
                    ? number(CommandType.PEXPIRE, List.of(key, decimal(millis))).thenApply(renewed -> renewed == 1)
                    : CompletableFuture.completedFuture(false);
        });
    }

    private CompletableFuture<Long> number(CommandType type, List<byte[]> arguments) {
        return commands.send(type, arguments).thenApply(reply -> (Long) reply.get(0));
    }

    private CompletableFuture<List<Scored>> scored(CommandType type, List<byte[]> arguments) {
        return commands.send(type, arguments).thenApply(reply -> {
            List<Scored> members = new ArrayList<>(reply.size() / 2);
            for (int i = 0; i + 1 < reply.size(); i += 2) {
                members.add(new Scored((byte[]) reply.get(i), new String((byte[]) reply.get(i + 1), ISO_8859_1)));
            }
            return members;
        });
    }

    private static byte[] decimal(long number) {
        return text(Long.toString(number));
    }

    private static byte[] text(String ascii) {
        return ascii.getBytes(ISO_8859_1);
    }
}
