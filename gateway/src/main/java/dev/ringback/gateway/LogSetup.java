package dev.ringback.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.ringback.gateway.config.LogConfig;
import dev.ringback.gateway.http.AdminRouter;
import java.util.Locale;
import java.util.Set;
import org.slf4j.LoggerFactory;

/** What is logged and how: one line per event on standard error. */
final class LogSetup implements AdminRouter.LogLevel {
    private static final String TEXT = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %msg%n";
    private static final Set<String> LEVELS = Set.of("trace", "debug", "info", "warn", "error");
    private static final String OURS = "dev.ringback";

    /** Puts the configuration in force for the whole process. */
    static void apply(LogConfig config) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget("System.err");
        console.setEncoder(encoder(config, context));
        console.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(console);
        context.getLogger(OURS).setLevel(Level.toLevel(config.level()));
    }

    private static Encoder<ILoggingEvent> encoder(LogConfig config, LoggerContext context) {
        if (config.format() == LogConfig.Format.JSON) {
            JsonEncoder json = new JsonEncoder();
            json.setContext(context);
            json.start();
            return json;
        }
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(TEXT);
        text.start();
        return text;
    }

    @Override
    public String get() {
        Level level = logger().getEffectiveLevel();
        return level.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean set(String level) {
        if (!LEVELS.contains(level.toLowerCase(Locale.ROOT))) {
            return false;
        }
        logger().setLevel(Level.toLevel(level));
        return true;
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(OURS);
    }
}
