package dev.ringback.gateway.store;

import dev.ringback.protocol.JobEvent;
import dev.ringback.protocol.JobId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** What is published, and when, with {@code store.durability = replicated}. */
class ReplicatedJobStoreEventsIT extends JobStoreEventsContractTest {
    private static ReplicatedRedis redis;

    @BeforeAll
    static void startRedis() {
        redis = new ReplicatedRedis();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    StoreUnderTest newStore(String... settings) {
        return new RedisStoreUnderTest(redis.primary.uri(), ReplicatedRedis.settings(settings)) {
            /** A repeated change is published again, as nobody knows whether it ever was: the hub takes it once. */
            @Override
            public List<JobEvent> relayed(JobId id) {
                List<JobEvent> news = new ArrayList<>();
                for (JobEvent event : super.relayed(id)) {
                    if (news.isEmpty()
                            || event.isNewerThan(news.get(news.size() - 1).cursor())) {
                        news.add(event);
                    }
                }
                return news;
            }
        };
    }
}
