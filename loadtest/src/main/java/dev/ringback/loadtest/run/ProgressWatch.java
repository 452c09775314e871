package dev.ringback.loadtest.run;

import dev.ringback.loadtest.result.Sample;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows a bar for each part of a run, on the error output. */
final class ProgressWatch implements Watch {
    private @Nullable ProgressBar bar;

    @Override
    public void phase(String name, long steps) {
        close();
        bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(1_000)
                .setMaxRenderedLength(100)
                .hideEta()
                .build();
    }

    @Override
    public void at(long step, Sample sample) {
        if (bar != null) {
            bar.stepTo(Math.min(step, bar.getMax()));
            bar.setExtraMessage(String.format(
                    Locale.ROOT,
                    " %,d open, %,d/s, p99 %,.0f µs",
                    sample.connections(),
                    sample.deliveredPerSecond(),
                    sample.p99Micros()));
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
