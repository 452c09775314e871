package dev.ringback.gateway.overload;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.HotSpotDiagnosticMXBean;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** This process's memory, as the JVM's collectors and Netty's allocator tell it. */
public final class ProcessMemory implements MemoryGuard.Memory {
    private static final String DIRECT_POOL = "direct";

    private final Set<String> heapPools = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toUnmodifiableSet());

    private final boolean collectsConcurrently = collectsConcurrently();

    /** Written on the JVM's service thread. */
    private volatile long leftByCollection;

    /** Listens to the collectors for as long as the JVM lives. */
    public ProcessMemory() {
        ManagementFactory.getGarbageCollectorMXBeans().forEach(collector -> {
            if (collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener((notification, handback) -> onCollection(notification), null, null);
            }
        });
    }

    private void onCollection(Notification notification) {
        if (notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            leftByCollection =
                    GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
                            .getGcInfo()
                            .getMemoryUsageAfterGc()
                            .entrySet()
                            .stream()
                            .filter(pool -> heapPools.contains(pool.getKey()))
                            .mapToLong(pool -> pool.getValue().getUsed())
                            .sum();
        }
    }

    @Override
    public double heapShare() {
        Runtime runtime = Runtime.getRuntime();
        // What a concurrent collection frees at its end is told by no notification, but is not in use any more.
        long used = runtime.totalMemory() - runtime.freeMemory();
        return (double) Math.min(leftByCollection, used) / runtime.maxMemory();
    }

    @Override
    public double directShare() {
        long used = PlatformDependent.usedDirectMemory();
        return (double) (used < 0 ? pooledDirectMemory() : used) / PlatformDependent.maxDirectMemory();
    }

    /** Where Netty has to leave direct memory to the JDK. */
    private static long pooledDirectMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals(DIRECT_POOL))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    /** Nothing where it would stop all threads: without {@code -XX:+ExplicitGCInvokesConcurrent}, which {@code jvm.options} has. */
    @Override
    public void collect() {
        if (collectsConcurrently) {
            System.gc();
        }
    }

    private static boolean collectsConcurrently() {
        HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return jvm != null
                && Boolean.parseBoolean(
                        jvm.getVMOption("ExplicitGCInvokesConcurrent").getValue());
    }
}
