package dev.ringback.loadtest.run;

import dev.ringback.loadtest.report.ReportDirectory;
import dev.ringback.loadtest.report.Reports;
import dev.ringback.loadtest.result.LoadResult;
import dev.ringback.loadtest.scenario.Scenario;
import dev.ringback.loadtest.server.LoadedServer;
import dev.ringback.loadtest.server.ServerStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Runs a scenario as the command line says: against a server that is there, or one of its own. */
public final class ScenarioRunner {
    private static final int WRONG_DELIVERIES = 1;

    private final RunOptions options;

    public ScenarioRunner(RunOptions options) {
        this.options = options;
    }

    /** Returns the exit status: 0 where every delivery was right. */
    public int run(String name) throws IOException, InterruptedException {
        Scenario scenario = Scenarios.read(name, options.settings);
        Calibration.Result calibration = new Calibration.Result(-1, -1);
        if (!scenario.means().calibrate().isZero() && scenario.pace().rate() > 0) {
            calibration = Calibration.measure(scenario);
            System.err.printf(
                    Locale.ROOT,
                    "calibrated: the generator took %,.0f deliveries/s from the floor, which spent %.1f µs of CPU on each%n",
                    calibration.ratePerSecond(),
                    calibration.floorMicrosPerDelivery());
        }
        try (LoadedServer server = server(scenario);
                Watch watch = new ProgressWatch()) {
            Calibration.Result known = calibration;
            if (options.findLimit == null) {
                return report(new LoadRun(scenario, server, watch, known).run(), watch);
            }
            LimitSearch search = new LimitSearch(
                    options.findLimit, options.p99Millis, one -> new LoadRun(one, server, Watch.SILENT, known).run());
            LimitSearch.Found found = search.search(scenario);
            int status = found.best() == null ? WRONG_DELIVERIES : report(found.best(), watch);
            System.out.printf(
                    Locale.ROOT,
                    "the service level holds up to %s %,d; above, this broke first: %s%n",
                    options.findLimit.name().toLowerCase(Locale.ROOT),
                    found.limit(),
                    found.broke());
            return status;
        }
    }

    private LoadedServer server(Scenario scenario) throws IOException, InterruptedException {
        if (options.url != null) {
            return LoadedServer.at(options.url, options.pid, options.admin);
        }
        ServerStart start = new ServerStart(
                scenario.target(),
                options.nginx,
                scenario.means().serverCpus(),
                scenario.means().serverSettings(),
                List.of());
        return start.start();
    }

    private int report(LoadResult result, Watch watch) throws IOException {
        watch.close();
        Path directory = ReportDirectory.of(options.out, result.scenario());
        Reports.write(result, directory);
        System.out.print(Reports.table(result));
        result.verdicts().forEach(System.out::println);
        System.out.println("report: " + directory.resolve("report.html"));
        return result.counts().isClean() ? 0 : WRONG_DELIVERIES;
    }
}
