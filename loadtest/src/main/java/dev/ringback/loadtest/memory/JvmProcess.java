package dev.ringback.loadtest.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Another JVM on this machine, looked at from outside. */
public final class JvmProcess {
    private static final Pattern USED = Pattern.compile("\\bused (\\d+)([KMG])\\b");
    private static final long KIB = 1024;

    private final long pid;
    private final String jcmd;

    private JvmProcess(long pid, String jcmd) {
        this.pid = pid;
        this.jcmd = jcmd;
    }

    public static JvmProcess of(long pid) throws IOException {
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow(() -> new IOException("there is no process " + pid));
        Stream<Path> homes = Stream.concat(
                process.info().command().map(Path::of).map(Path::getParent).stream(),
                Stream.of(Path.of(System.getProperty("java.home"), "bin")));
        String jcmd = homes.map(bin -> bin.resolve("jcmd"))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst()
                .orElse("jcmd");
        return new JvmProcess(pid, jcmd);
    }

    /** Two full collections: what cleaners hold is free only for the second. */
    public void collectGarbage() throws IOException, InterruptedException {
        jcmd("GC.run");
        jcmd("GC.run");
    }

    /** What the heap holds, garbage included. */
    public long heapInfoBytes() throws IOException, InterruptedException {
        return heapInfoBytes(jcmd("GC.heap_info"));
    }

    /** Adds up what the parts of the heap use; Metaspace is none of them. */
    static long heapInfoBytes(String heapInfo) throws IOException {
        long bytes = 0;
        boolean found = false;
        for (String line : (Iterable<String>) heapInfo.lines()::iterator) {
            Matcher used = USED.matcher(line);
            if (!line.contains("Metaspace") && !line.contains("class space") && used.find()) {
                bytes += Long.parseLong(used.group(1)) * unit(used.group(2));
                found = true;
            }
        }
        if (!found) {
            throw new IOException("GC.heap_info tells of no heap: " + heapInfo);
        }
        return bytes;
    }

    private static long unit(String letter) {
        return switch (letter) {
            case "K" -> KIB;
            case "M" -> KIB * KIB;
            default -> KIB * KIB * KIB;
        };
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(jcmd, Long.toString(pid), command))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        int status = process.waitFor();
        if (status != 0) {
            throw new IOException(jcmd + " " + pid + " " + command + " failed: " + output.strip());
        }
        return output;
    }
}
