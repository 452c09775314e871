import dev.ringback.worker.JobWorker;

// Works on jobs of a queue of Ringback with JobWorker (gateway/src/main/java/dev/ringback/worker: two files, JDK 17 or newer).
//     GATEWAY=http://127.0.0.1:8080 TYPE=thumbnails java -cp gateway/target/ringback-gateway.jar docs/workers/Thumbnails.java
public class Thumbnails {
    /** What you do about a job goes here: returns the result, as JSON. */
    static String work(JobWorker.Job job, JobWorker.Context context) throws Exception {
        String pages = job.input().replaceAll("\\D", ""); // {"pages":3}; a JSON library reads all
        if (pages.isEmpty()) throw new JobWorker.PermanentException("no pages in the input"); // others are tried again
        for (int page = 1; page <= Integer.parseInt(pages) && !context.isCancelled(); page++) {
            Thread.sleep(100);
            context.progress(page, Integer.parseInt(pages), "page " + page);
        }
        return "{\"pages\":" + pages + "}";
    }

    public static void main(String[] arguments) {
        JobWorker worker = JobWorker.of(System.getenv("GATEWAY"), System.getenv("TYPE"))
                .token(System.getenv().getOrDefault("TOKEN", ""))
                .concurrency(4)
                .start(Thumbnails::work);
        Runtime.getRuntime().addShutdownHook(new Thread(worker::close)); // SIGTERM: finishes, or gives back
    }
}
