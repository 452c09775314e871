package dev.ringback.gateway.webhook;

class MemoryWebhookStoreTest extends WebhookStoreContract {
    @Override
    WebhooksUnderTest newStores(String... settings) {
        return MemoryWebhooks.inMemory(settings);
    }
}
