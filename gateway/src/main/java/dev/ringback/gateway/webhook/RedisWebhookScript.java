package dev.ringback.gateway.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.gateway.store.StoreFailures;
import dev.ringback.protocol.RedisKeys;
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

/** The script that keeps webhooks, {@code webhooks.lua} beside this class: its head says what the operations take and answer. */
final class RedisWebhookScript {
    private static final RedisScript SCRIPT = RedisScript.load(RedisWebhookScript.class, "webhooks.lua");
    private static final List<byte[]> KEYS = List.of(RedisKeys.webhooks());

    private final RedisShardClient client;

    RedisWebhookScript(RedisShardClient client) {
        this.client = client;
    }

    /** An operation and its arguments; absent ones are empty. */
    static final class Arguments {
        private final List<byte[]> list = new ArrayList<>();

        Arguments(String operation) {
            add(operation);
        }

        Arguments add(@Nullable String text) {
            return add(text == null ? new byte[0] : text.getBytes(UTF_8));
        }

        Arguments add(long number) {
            return add(Long.toString(number));
        }

        Arguments add(byte[] bytes) {
            list.add(bytes);
            return this;
        }
    }

    /** For what it answers: nothing that it writes needs to outlive Redis's primary. */
    <T extends @Nullable Object> CompletionStage<T> ask(Arguments arguments, Function<List<Object>, T> reader) {
        return answer(() -> client.ask(SCRIPT, KEYS, arguments.list), reader, false);
    }

    /** For what it writes: completes when that is as durable as the store's jobs. */
    <T extends @Nullable Object> CompletionStage<T> write(Arguments arguments, Function<List<Object>, T> reader) {
        return answer(() -> client.write(SCRIPT, KEYS, arguments.list), reader, true);
    }

    private <T extends @Nullable Object> CompletionStage<T> answer(
            Supplier<CompletableFuture<List<Object>>> run, Function<List<Object>, T> reader, boolean writes) {
        return StoreFailures.named(client.call(() -> run.get().thenApply(reader)), writes);
    }

    static String text(Object element) {
        return new String((byte[]) element, UTF_8);
    }

    static Set<String> texts(List<Object> elements) {
        Set<String> texts = new LinkedHashSet<>();
        elements.forEach(element -> texts.add(text(element)));
        return texts;
    }

    static long number(Object element) {
        return Long.parseLong(text(element));
    }
}
