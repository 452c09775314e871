package dev.ringback.gateway.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ringback.gateway.config.StoreConfig;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What is at risk by the way Redis is set up: it is the truth only while nothing but time removes what it was told. */
final class RedisRisks {
    private static final byte[] GET = "GET".getBytes(ISO_8859_1);
    /** Where the setting may not be asked for, as with many hosted ones. */
    static final String NOT_TOLD = "?";

    private RedisRisks() {}

    /** Asks Redis how it is set up, and says what is at risk, a line each. */
    static CompletableFuture<List<String>> ask(CommandLink link, StoreConfig store) {
        CompletableFuture<String> fsync = setting(link, "appendfsync");
        CompletableFuture<String> save = setting(link, "save");
        return link.send(CommandType.INFO, List.of())
                .thenApply(reply -> text(reply.get(0)))
                .thenCombine(fsync, (info, value) -> new Setup(info, value, ""))
                .thenCombine(save, (setup, value) -> of(new Setup(setup.info, setup.fsync, value), store));
    }

    private static CompletableFuture<String> setting(CommandLink link, String name) {
        return link.send(CommandType.CONFIG, List.of(GET, name.getBytes(ISO_8859_1)))
                .thenApply(reply -> reply.size() == 2 ? text(reply.get(1)) : NOT_TOLD)
                .exceptionally(refused -> NOT_TOLD);
    }

    private static String text(Object value) {
        return new String((byte[]) value, ISO_8859_1);
    }

    /**
     * How Redis is set up.
     *
     * @param info the answer to {@code INFO}
     * @param fsync {@code appendfsync}
     * @param save {@code save}: empty where no snapshots are made
     */
    record Setup(String info, String fsync, String save) {
        private String value(String name) {
            String prefix = name + ":";
            return info.lines()
                    .filter(line -> line.startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    static List<String> of(Setup setup, StoreConfig store) {
        List<String> risks = new ArrayList<>();
        addEviction(setup, risks);
        addPersistence(setup, risks);
        addReplication(setup, store, risks);
        return risks;
    }

    /** Every record has a time to live, so the policies that spare keys without one spare none. */
    private static void addEviction(Setup setup, List<String> risks) {
        String policy = setup.value("maxmemory_policy");
        boolean bounded = !setup.value("maxmemory").equals("0");
        if (bounded && !policy.isEmpty() && !policy.equals("noeviction")) {
            risks.add("maxmemory-policy is " + policy
                    + ": when memory runs out, jobs vanish without an end; set noeviction");
        }
    }

    private static void addPersistence(Setup setup, List<String> risks) {
        String aof = setup.value("aof_enabled");
        if (aof.equals("0") && setup.save().isEmpty()) {
            risks.add("nothing is kept on disk: a restart forgets every job; set appendonly yes");
        } else if (aof.equals("0")) {
            risks.add("at best snapshots are kept on disk: a crash undoes every change since the last, ends of jobs"
                    + " included; set appendonly yes");
        } else if (aof.equals("1") && setup.fsync().equals("no")) {
            risks.add("appendfsync is no: a crash of the machine undoes what its kernel had not written, often half a"
                    + " minute; set everysec or always");
        }
        if (setup.value("aof_last_write_status").equals("err")) {
            risks.add("the append-only file could not be written: see Redis's log");
        }
    }

    private static void addReplication(Setup setup, StoreConfig store, List<String> risks) {
        if (setup.value("role").equals("slave")) {
            risks.add("it is a replica: it takes no changes; redis.uri should name the primary, or the Sentinels");
        }
        String connected = setup.value("connected_slaves");
        boolean waits = store.durability() == StoreConfig.Durability.REPLICATED;
        if (waits && connected.matches("\\d{1,9}") && Integer.parseInt(connected) < store.replicas()) {
            risks.add("store.durability = replicated waits for " + store.replicas() + " replicas, " + connected
                    + " are connected: changes are answered 503 until they are");
        }
    }
}
