package dev.ringback.gateway.queue;

import static dev.ringback.gateway.store.SlotScript.number;
import static dev.ringback.gateway.store.SlotScript.text;

import dev.ringback.gateway.config.GatewayConfig;
import dev.ringback.gateway.redis.RedisShardClient;
import dev.ringback.gateway.store.SlotScript;
import dev.ringback.gateway.store.SlotScript.Arguments;
import dev.ringback.gateway.store.StoreException;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob.AfterFailure;
import dev.ringback.protocol.RedisKeys;
import dev.ringback.protocol.RedisScript;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Which jobs wait for others, in Redis, shared by any number of gateways: each method is one run of a script, in one slot. */
public final class RedisDependencyStore implements DependencyStore {
    private static final RedisScript SCRIPT = RedisScript.load(RedisDependencyStore.class, "dependencies.lua");

    private final SlotScript script;
    private final int depth;
    private final long maxAgeMillis;

    /**
     * @param client not closed with the store
     */
    public RedisDependencyStore(RedisShardClient client, GatewayConfig config) {
        this.script = new SlotScript(client, SCRIPT, RedisKeys.dependencies());
        this.depth = config.queues().depth();
        this.maxAgeMillis = config.jobs().maxAge().toMillis();
    }

    @Override
    public CompletionStage<Boolean> await(Waiting waiting) {
        QueueStore.Entry entry = waiting.entry();
        List<String> fields = new ArrayList<>(List.of(
                "type", entry.type(),
                "priority", Integer.toString(entry.priority()),
                "due", Long.toString(entry.dueMillis()),
                "failure", waiting.afterFailure().name(),
                "since", Long.toString(waiting.sinceMillis())));
        if (entry.owner() != null) {
            fields.addAll(List.of("owner", entry.owner()));
        }
        Arguments arguments = new Arguments("await")
                .add(entry.id().toString())
                .add(depth)
                .add(MOST_DOWNSTREAM)
                .add(CHECK_MILLIS)
                .add(maxAgeMillis)
                .add(fields.size());
        fields.forEach(arguments::add);
        return script.write(with(arguments, waiting.after()), reply -> number(reply.get(0)) == 1);
    }

    private static Arguments with(Arguments arguments, Collection<JobId> ids) {
        ids.forEach(id -> arguments.add(id.toString()));
        return arguments;
    }

    @Override
    public CompletionStage<@Nullable Waiting> waiting(JobId id) {
        return script.ask(
                new Arguments("waiting").add(id.toString()),
                reply -> reply.isEmpty() ? null : readWaiting((List<?>) reply.get(0)));
    }

    private static Waiting readWaiting(List<?> parts) {
        String id = text(parts.get(0));
        Map<String, String> fields = new HashMap<>();
        List<?> pairs = (List<?>) parts.get(1);
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            fields.put(text(pairs.get(i)), text(pairs.get(i + 1)));
        }
        Set<JobId> after = new HashSet<>();
        ((List<?>) parts.get(2)).forEach(other -> after.add(JobId.of(text(other))));
        try {
            QueueStore.Entry entry = new QueueStore.Entry(
                    JobId.of(id),
                    required(fields, "type"),
                    fields.get("owner"),
                    Integer.parseInt(required(fields, "priority")),
                    Long.parseLong(required(fields, "due")));
            AfterFailure afterFailure = AfterFailure.valueOf(required(fields, "failure"));
            return new Waiting(entry, after, afterFailure, Long.parseLong(required(fields, "since")));
        } catch (IllegalArgumentException damaged) {
            throw new StoreException(
                    StoreException.Kind.CORRUPT,
                    "what job " + id + " waits for is not readable: " + damaged.getMessage());
        }
    }

    private static String required(Map<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    @Override
    public CompletionStage<List<JobId>> downstream(JobId id) {
        return script.ask(
                new Arguments("downstream").add(id.toString()),
                reply -> reply.stream().map(other -> JobId.of(text(other))).toList());
    }

    @Override
    public CompletionStage<Integer> resolve(JobId id, Collection<JobId> completed) {
        Arguments arguments = with(new Arguments("resolve").add(id.toString()), completed);
        return script.ask(arguments, reply -> (int) number(reply.get(0)));
    }

    @Override
    public CompletionStage<Void> forget(JobId id) {
        return script.ask(new Arguments("forget").add(id.toString()), reply -> null);
    }

    @Override
    public CompletionStage<List<Waiting>> due(int most) {
        Arguments arguments = new Arguments("due").add(most).add(CHECK_MILLIS);
        return script.ask(
                arguments,
                reply -> reply.stream()
                        .map(parts -> readWaiting((List<?>) parts))
                        .toList());
    }

    @Override
    public CompletionStage<Long> count() {
        return script.ask(new Arguments("count"), reply -> number(reply.get(0)));
    }
}
