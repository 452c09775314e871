package dev.ringback.gateway.webhook;

class MemoryOutboxTest extends WebhookOutboxContract {
    @Override
    WebhooksUnderTest newStores(String... settings) {
        return MemoryWebhooks.inMemory(settings);
    }
}
