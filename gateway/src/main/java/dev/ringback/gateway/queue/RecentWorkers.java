package dev.ringback.gateway.queue;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** The workers that were heard of within the last minute. Confined to the store's loop. */
final class RecentWorkers {
    private static final long RECENT_MILLIS = 60_000;
    private static final int MOST = 100_000;

    /** When each was heard of, since the epoch; the latest at the end. */
    private final Map<String, Long> heardMillis = new LinkedHashMap<>();

    void heard(String worker, long nowMillis) {
        heardMillis.remove(worker);
        heardMillis.put(worker, nowMillis);
        forget(nowMillis);
    }

    int count(long nowMillis) {
        forget(nowMillis);
        return heardMillis.size();
    }

    private void forget(long nowMillis) {
        Iterator<Long> eldest = heardMillis.values().iterator();
        while (eldest.hasNext()) {
            boolean isRecent = eldest.next() > nowMillis - RECENT_MILLIS;
            if (isRecent && heardMillis.size() <= MOST) {
                return;
            }
            eldest.remove();
        }
    }
}
