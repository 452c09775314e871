package dev.ringback.gateway.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Listens to what the gateway logs: an error is a bug in it. Warnings, of which faults make many, go nowhere meanwhile. */
public final class LoggedErrors extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.ringback.gateway");
    private final Level before = logger.getLevel();
    private final List<String> errors = new ArrayList<>();

    public LoggedErrors() {
        setContext(logger.getLoggerContext());
        start();
        logger.setLevel(Level.ERROR);
        logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        String thrown = event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
        errors.add(event.getFormattedMessage() + " " + thrown);
    }

    /** What was logged since this was last asked. */
    public List<String> take() {
        List<String> taken = List.copyOf(errors);
        errors.clear();
        return taken;
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(before);
        stop();
    }
}
