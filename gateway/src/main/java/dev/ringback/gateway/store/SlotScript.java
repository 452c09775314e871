package dev.ringback.gateway.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.protocol.RedisScript;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A script beside that of jobs, and the slot that it works on: the head of its text says which operations it has, and what they take
 * and answer.
 */
public final class SlotScript {
    private final RedisShardClient client;
    private final RedisScript script;
    private final List<byte[]> keys;

    /**
     * @param slot how all keys begin that the script touches, hash tag and all
     */
    public SlotScript(RedisShardClient client, RedisScript script, byte[] slot) {
        this.client = client;
        this.script = script;
        this.keys = List.of(slot);
    }

    /** An operation and its arguments; absent ones are empty. */
    public static final class Arguments {
        private final List<byte[]> list = new ArrayList<>();

        public Arguments(String operation) {
            add(operation);
        }

        public Arguments add(@Nullable String text) {
            return add(text == null ? new byte[0] : text.getBytes(UTF_8));
        }

        public Arguments add(long number) {
            return add(Long.toString(number));
        }

        public Arguments add(byte[] bytes) {
            list.add(bytes);
            return this;
        }
    }

    /** For what it answers: nothing that it writes needs to outlive Redis's primary. */
    public <T extends @Nullable Object> CompletionStage<T> ask(Arguments arguments, Function<List<Object>, T> reader) {
        return answer(() -> client.ask(script, keys, arguments.list), reader, false);
    }

    /** For what it writes: completes when that is as durable as the store's jobs. */
    public <T extends @Nullable Object> CompletionStage<T> write(
            Arguments arguments, Function<List<Object>, T> reader) {
        return answer(() -> client.write(script, keys, arguments.list), reader, true);
    }

    private <T extends @Nullable Object> CompletionStage<T> answer(
            Supplier<CompletableFuture<List<Object>>> run, Function<List<Object>, T> reader, boolean writes) {
        return StoreFailures.named(client.call(() -> run.get().thenApply(reader)), writes);
    }

    /** An element of an answer that is a string. */
    public static String text(Object element) {
        return new String((byte[]) element, UTF_8);
    }

    /** All elements, as strings. */
    public static Set<String> texts(List<Object> elements) {
        Set<String> texts = new LinkedHashSet<>();
        elements.forEach(element -> texts.add(text(element)));
        return texts;
    }

    /** An element of an answer that is a whole number. */
    public static long number(Object element) {
        return Long.parseLong(text(element));
    }
}
