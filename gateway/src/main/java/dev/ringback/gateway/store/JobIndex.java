package dev.ringback.gateway.store;

import dev.ringback.protocol.JobRecord;
import dev.ringback.protocol.JobState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one shard in the order of lists, for each owner apart, so that an owner of few jobs does not page through those of
 * others. Confined to the shard's loop.
 */
final class JobIndex {
    /** Stands for nobody: no owner has an empty name. */
    private static final String NOBODY = "";

    private final Map<String, TreeMap<JobPlace, MemoryJob>> byOwner = new HashMap<>();

    private static String key(@Nullable String owner) {
        return owner == null ? NOBODY : owner;
    }

    void add(JobRecord record, MemoryJob job) {
        byOwner.computeIfAbsent(key(record.owner()), owner -> new TreeMap<>()).put(ListPart.place(record), job);
    }

    void remove(JobRecord record) {
        String owner = key(record.owner());
        TreeMap<JobPlace, MemoryJob> jobs = byOwner.get(owner);
        if (jobs != null && jobs.remove(ListPart.place(record)) != null && jobs.isEmpty()) {
            byOwner.remove(owner);
        }
    }

    ListPart part(JobQuery query) {
        return ListPart.of(new Merged(lists(query)), query);
    }

    private List<Iterator<MemoryJob>> lists(JobQuery query) {
        List<TreeMap<JobPlace, MemoryJob>> chosen = new ArrayList<>();
        if (query.owner() == null) {
            chosen.addAll(byOwner.values());
        } else {
            chosen.add(byOwner.getOrDefault(query.owner(), new TreeMap<>()));
        }
        JobPlace after = query.after();
        List<Iterator<MemoryJob>> lists = new ArrayList<>();
        for (TreeMap<JobPlace, MemoryJob> jobs : chosen) {
            lists.add(
                    (after == null ? jobs : jobs.tailMap(after, false)).values().iterator());
        }
        return lists;
    }

    /** Several sorted lists as one. */
    private static final class Merged implements Iterator<ListPart.Candidate> {
        private record Head(JobRecord record, Iterator<MemoryJob> rest) implements ListPart.Candidate {
            @Override
            public JobPlace place() {
                return ListPart.place(record);
            }

            @Override
            public JobState state() {
                return record.state();
            }

            @Override
            public @Nullable String type() {
                return record.type();
            }
        }

        private final PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(Head::place));

        private Merged(List<Iterator<MemoryJob>> lists) {
            lists.forEach(this::advance);
        }

        private void advance(Iterator<MemoryJob> list) {
            if (list.hasNext()) {
                heads.add(new Head(list.next().listed(), list));
            }
        }

        @Override
        public boolean hasNext() {
            return !heads.isEmpty();
        }

        @Override
        public ListPart.Candidate next() {
            Head head = heads.remove();
            advance(head.rest());
            return head;
        }
    }
}
