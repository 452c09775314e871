package dev.ringback.gateway.testkit;

import static org.awaitility.Awaitility.await;

import io.netty.util.LeakPresenceDetector;
import java.lang.reflect.Modifier;
import java.time.Duration;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves a tracked Netty resource (a buffer, a timer) unreleased once its {@code @AfterAll}
 * methods have run, with the stack that allocated it. It applies to every test class, by service file.
 *
 * <p>A class, not a test, is the unit, because servers and clients that the tests of a class share hold buffers between
 * tests. Every class counts in a scope of its own: a buffer that is released late is charged to the class that
 * allocated it, and not to the next. Classes must therefore run one after another in one JVM, and must stop what they
 * started.
 *
 * <p>A direct or pooled buffer kept in a static field is no leak if its initializer allocates it within
 * {@link LeakPresenceDetector#staticInitializer}.
 */
public final class LeakPresenceExtension implements BeforeAllCallback, AfterAllCallback {
    /** Event loops that a test has asked to stop release what they hold a little later. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    static {
        // Runs before any test, and before the field below loads Netty's detector; check() fails if it came too late.
        System.setProperty("io.netty.customResourceLeakDetector", Detector.class.getName());
        System.setProperty("io.netty.util.LeakPresenceDetector.trackCreationStack", "true");
    }

    private static volatile LeakPresenceDetector.ResourceScope scope = new LeakPresenceDetector.ResourceScope("none");

    @Override
    public void beforeAll(ExtensionContext context) {
        if (isOutermost(context)) {
            scope = new LeakPresenceDetector.ResourceScope(context.getDisplayName());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (isOutermost(context)) {
            awaitReleases();
            LeakPresenceDetector.check();
        }
    }

    /** {@code check()} resets the count it reads, so the wait asks the scope, which does not. */
    private static void awaitReleases() {
        try {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .atMost(GRACE)
                    .until(() -> !scope.hasOpenResources());
        } catch (ConditionTimeoutException stillOpen) {
            // The check that follows says what is open.
        }
    }

    private static boolean isOutermost(ExtensionContext context) {
        Class<?> test = context.getRequiredTestClass();
        return !test.isMemberClass() || Modifier.isStatic(test.getModifiers());
    }

    /** Netty creates one for each type of resource, by reflection. */
    public static final class Detector<T> extends LeakPresenceDetector<T> {
        public Detector(Class<?> resourceType, int samplingInterval) {
            super(resourceType);
        }

        public Detector(Class<?> resourceType, int samplingInterval, long maxActive) {
            super(resourceType);
        }

        @Override
        protected ResourceScope currentScope() {
            return scope;
        }
    }
}
