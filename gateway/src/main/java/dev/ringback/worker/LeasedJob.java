package dev.ringback.worker;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A job in a worker's hands. Any thread may call. */
final class LeasedJob implements JobWorker.Context {
    private static final int MOST_SHOWN = 1_000;

    private final JobWorker worker;
    private final JobWorker.Job job;
    private final String leaseId;
    private final Thread thread = Thread.currentThread();
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private final Duration beatTimeout;
    private final long againMillis;
    private final ScheduledFuture<?> beats;
    /** Whether the handler is at it. Guarded by this, as are the others. */
    private boolean working = true;
    /** Whether a heartbeat or progress is on its way; the next waits for it. */
    private boolean sending;
    /** Whether a heartbeat is to come soon, after one that was not heard. */
    private boolean again;

    private String waiting = "";

    LeasedJob(JobWorker worker, JobWorker.Job job, String leaseId, double leaseSeconds) {
        this.worker = worker;
        this.job = job;
        this.leaseId = leaseId;
        long leaseMillis = Math.max(10, (long) (leaseSeconds * 1_000));
        // So short that after one that hangs there is time for others.
        beatTimeout = Duration.ofMillis(Math.min(JobWorker.SLACK.toMillis(), leaseMillis / 4));
        againMillis = Math.min(1_000, leaseMillis / 10);
        long beatMillis = leaseMillis / 3;
        beats = worker.heart.scheduleWithFixedDelay(() -> say(""), beatMillis, beatMillis, TimeUnit.MILLISECONDS);
    }

    void work(JobWorker.Handler handler) throws InterruptedException {
        String end;
        try {
            end = ",\"status\":\"completed\",\"result\":" + handler.work(job, this);
        } catch (Throwable thrown) {
            end = failure(thrown, !(thrown instanceof JobWorker.PermanentException));
        }
        if (ends()) {
            report(end);
        }
    }

    /** The handler is done: whether its end is wanted. */
    private synchronized boolean ends() {
        boolean wanted = working && !cancelled.isDone();
        working = false;
        beats.cancel(false);
        Thread.interrupted();
        return wanted;
    }

    private void report(String end) throws InterruptedException {
        JobWorker.Answer answer = repeat(end);
        if (answer.status() == 400 || answer.status() == 413) {
            // The handler's result is no JSON, or too large: it would be again.
            answer = repeat(failure(new JobWorker.PermanentException("the result was refused: " + answer), false));
        }
        if (answer.status() != 200) {
            worker.tell("the end of " + job.id() + " was not taken: " + answer);
        }
    }

    /** Tells the gateway until it has heard. */
    private JobWorker.Answer repeat(String end) throws InterruptedException {
        JobWorker.Answer answer = JobWorker.answer(post(end, JobWorker.SLACK));
        for (int failures = 1; !answer.isFinal() && worker.gone.getCount() > 0; failures++) {
            worker.tell("the end of " + job.id() + " is not told yet: " + answer);
            JobWorker.pause(worker.gone, failures);
            answer = JobWorker.answer(post(end, JobWorker.SLACK));
        }
        return answer;
    }

    private CompletableFuture<HttpResponse<String>> post(String members, Duration timeout) {
        return worker.post("/jobs/" + job.id() + "/events", "{\"leaseId\":\"" + leaseId + '"' + members + "}", timeout);
    }

    /** Sends a heartbeat, or one with progress in it. */
    private synchronized void say(String progress) {
        if (!working) {
            return;
        }
        if (sending) {
            waiting = progress.isEmpty() ? waiting : progress;
            return;
        }
        sending = true;
        var unused = post(progress, beatTimeout)
                .whenComplete((answer, away) -> heard(
                        away == null
                                ? new JobWorker.Answer(answer.statusCode(), answer.body())
                                : new JobWorker.Answer(0, away.toString())));
    }

    private void heard(JobWorker.Answer answer) {
        String next;
        synchronized (this) {
            sending = false;
            next = waiting;
            waiting = "";
            beatAgainSoon(!answer.isFinal());
        }
        if (answer.isLost() || answer.body().contains("\"cancelled\":true")) {
            cancel();
        } else if (!next.isEmpty()) {
            say(next);
        }
    }

    private synchronized void beatAgainSoon(boolean unheard) {
        if (unheard && working && !again) {
            again = true;
            var unused = worker.heart.schedule(this::beatAgain, againMillis, TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void beatAgain() {
        again = false;
        say("");
    }

    private void cancel() {
        // In this order, so that a handler that is interrupted knows why.
        cancelled.complete(null);
        interrupt();
    }

    /** Somebody else may have it, and a handler that is still at it is told so; does nothing where it has ended already. */
    CompletableFuture<?> giveBack() {
        synchronized (this) {
            if (!working || cancelled.isDone()) {
                return CompletableFuture.completedFuture("");
            }
            interrupt();
            working = false;
            beats.cancel(false);
        }
        cancelled.complete(null);
        return post(",\"status\":\"queued\"", JobWorker.LAST_WORDS);
    }

    private synchronized void interrupt() {
        if (working && worker.settings.interrupting) {
            thread.interrupt();
        }
    }

    @Override
    public boolean isCancelled() {
        return cancelled.isDone();
    }

    @Override
    public CompletableFuture<Void> cancelled() {
        return cancelled.copy();
    }

    @Override
    public void progress(long current, long total, String message) {
        say(",\"progress\":{\"current\":" + current + ",\"total\":" + total + ",\"message\":" + quoted(message) + "}");
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c == '"' || c == '\\' ? "\\" : "").append(c);
            }
        }
        return json.append('"').toString();
    }

    private static String failure(Throwable thrown, boolean retryable) {
        String message = thrown instanceof JobWorker.PermanentException
                ? String.valueOf(thrown.getMessage())
                : thrown.toString();
        String shown = quoted(message.substring(0, Math.min(message.length(), MOST_SHOWN)));
        return ",\"status\":\"failed\",\"error\":{\"code\":\"" + (retryable ? "failed" : "permanent")
                + "\",\"message\":" + shown + ",\"retryable\":" + retryable + "}";
    }
}
