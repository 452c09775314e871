package dev.ringback.gateway.faults;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** Prints the seed before each chaos scenario, and after one that failed how to run it again. */
final class SeedWatcher implements BeforeTestExecutionCallback, AfterTestExecutionCallback {
    @Override
    public void beforeTestExecution(ExtensionContext context) {
        System.out.printf(
                "chaos: %s %s, seed %d%n",
                context.getRequiredTestMethod().getName(), context.getDisplayName(), Seed.value());
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().filter(SeedWatcher::isFailure).isPresent()) {
            System.out.printf("chaos: FAILED; again with%n  %s%n", Seed.rerun(context.getRequiredTestClass()));
        }
    }

    private static boolean isFailure(Throwable end) {
        return !(end instanceof TestAbortedException);
    }
}
