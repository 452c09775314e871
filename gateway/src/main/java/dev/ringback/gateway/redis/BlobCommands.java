package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The commands that long values need, which are written and read in pieces. They belong into the steps of
 * {@link RedisShardClient#call}. Confined to the shard's loop.
 */
public final class BlobCommands {
    private static final byte[] MILLIS = text("PX");

    private final CommandLink commands;

    BlobCommands(CommandLink commands) {
        this.commands = commands;
    }

    /** {@code APPEND}: how long the value is then. */
    public CompletableFuture<Long> append(byte[] key, byte[] piece) {
        return number(CommandType.APPEND, List.of(key, piece));
    }

    /** {@code GETRANGE}: bytes from one offset to another, both included; fewer where the value ends before. */
    public CompletableFuture<byte[]> range(byte[] key, long from, long to) {
        return commands.send(CommandType.GETRANGE, List.of(key, text(from), text(to)))
                .thenApply(reply -> (byte[]) reply.get(0));
    }

    /** {@code SET} with a time to live. */
    public CompletableFuture<Void> set(byte[] key, byte[] value, long millis) {
        return commands.send(CommandType.SET, List.of(key, value, MILLIS, text(millis)))
                .thenApply(done -> null);
    }

    /** {@code PEXPIRE}: whether there is such a key. */
    public CompletableFuture<Boolean> expireAfter(byte[] key, long millis) {
        return number(CommandType.PEXPIRE, List.of(key, text(millis))).thenApply(set -> set == 1);
    }

    /** {@code PEXPIREAT}: whether there is such a key. */
    public CompletableFuture<Boolean> expireAt(byte[] key, long epochMillis) {
        return number(CommandType.PEXPIREAT, List.of(key, text(epochMillis))).thenApply(set -> set == 1);
    }

    /** {@code UNLINK}: how many of the keys were there. */
    public CompletableFuture<Long> remove(List<byte[]> keys) {
        return number(CommandType.UNLINK, keys);
    }

    private CompletableFuture<Long> number(CommandType type, List<byte[]> arguments) {
        return commands.send(type, arguments).thenApply(reply -> (Long) reply.get(0));
    }

    private static byte[] text(long number) {
        return text(Long.toString(number));
    }

    private static byte[] text(String ascii) {
        return ascii.getBytes(ISO_8859_1);
    }
}
