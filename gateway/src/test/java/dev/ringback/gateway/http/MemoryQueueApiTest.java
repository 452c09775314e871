package dev.ringback.gateway.http;

import java.util.List;
import org.junit.jupiter.api.Nested;

class MemoryQueueApiTest {
    @Nested
    class Leases extends LeasesContract {
        @Override
        List<String> store() {
            return List.of();
        }
    }

    @Nested
    class DeadLetters extends DeadLettersContract {
        @Override
        List<String> store() {
            return List.of();
        }
    }

    @Nested
    class Plans extends PlansContract {
        @Override
        List<String> store() {
            return List.of();
        }
    }

    @Nested
    class Owners extends OwnersContract {
        @Override
        List<String> store() {
            return List.of();
        }
    }
}
