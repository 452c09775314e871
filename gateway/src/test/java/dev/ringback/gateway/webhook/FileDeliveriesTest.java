package dev.ringback.gateway.webhook;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileDeliveriesTest extends DeliveriesContract {
    @TempDir
    private Path directory;

    private int files;

    @Override
    WebhooksUnderTest newStores(String... settings) {
        return MemoryWebhooks.inFile(directory.resolve("jobs-" + ++files + ".db"), settings);
    }
}
