package dev.ringback.gateway.webhook;

class MemoryDeliveriesTest extends DeliveriesContract {
    @Override
    WebhooksUnderTest newStores(String... settings) {
        return MemoryWebhooks.inMemory(settings);
    }
}
