package dev.ringback.gateway.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/**
 * A clock that jumps while a process looks at it, by libfaketime. Time that is only measured is left alone, as it is when an operator
 * sets the clock of a machine.
 */
public final class FakeClock implements AutoCloseable {
    private static final List<Path> LIBRARIES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/faketime/libfaketime.so.1"));

    /** How often processes look whether it has jumped, and some more. */
    public static final Duration NOTICED = Duration.ofMillis(1_500);

    private final Path offset;

    private FakeClock(Path offset) {
        this.offset = offset;
        jump(Duration.ZERO);
    }

    /** Whether the library is there. */
    public static boolean isPossible() {
        return LIBRARIES.stream().anyMatch(Files::exists);
    }

    /** One that goes right until it jumps. */
    public static FakeClock wind() {
        try {
            return new FakeClock(Files.createTempFile("ringback-clock", ".offset"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Where processes run that look at it. The C library stands before Redis's allocator, which asks for the time while the clock
     * itself is not ready yet.
     */
    public Place place() {
        Path library = LIBRARIES.stream().filter(Files::exists).findFirst().orElseThrow();
        return Place.HERE.with(
                "env",
                "LD_PRELOAD=" + library + ":libc.so.6",
                "FAKETIME_TIMESTAMP_FILE=" + offset,
                "FAKETIME_CACHE_DURATION=1",
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                "DONT_FAKE_MONOTONIC=1");
    }

    /** Goes wrong by so much from now on; processes see it within {@link #NOTICED}. */
    public void jump(Duration wrong) {
        try {
            Path next = Files.writeString(
                    offset.resolveSibling(offset.getFileName() + ".next"), "%+d".formatted(wrong.toSeconds()));
            Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            Files.delete(offset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
