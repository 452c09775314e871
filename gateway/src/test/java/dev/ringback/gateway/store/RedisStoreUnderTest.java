package dev.ringback.gateway.store;

import dev.ringback.gateway.testkit.RedisSide;

/** A gateway's Redis side as the contract test sees it. */
class RedisStoreUnderTest extends RedisSide implements StoreUnderTest {
    RedisStoreUnderTest(String uri, String... settings) {
        super(uri, "gw-a", settings);
        awaitConnected();
    }
}
