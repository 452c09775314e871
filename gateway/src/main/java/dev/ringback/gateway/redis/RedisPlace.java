package dev.ringback.gateway.redis;

/** Where a Redis listens, as the Sentinels name it. */
record RedisPlace(String host, int port) {
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
