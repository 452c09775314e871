package dev.ringback.gateway.config;

import dev.ringback.gateway.config.ConfigNode.Entry;
import dev.ringback.gateway.config.ConfigNode.Mapping;
import dev.ringback.gateway.config.ConfigNode.Scalar;
import dev.ringback.gateway.config.ConfigNode.Sequence;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads one YAML document as {@link ConfigNode}s. Values stay text: whether {@code on}, {@code 010} or {@code 1:30} is
 * a number or a truth value is for the key to say, not for YAML. Aliases, anchors and tags are refused and nesting is
 * bounded, so the work is linear in the text.
 */
final class YamlDocument {

    /** A key's value nests three deep at most; the rest is for a message that says what is there. */
    private static final int MAX_DEPTH = 8;

    private static final String QUOTE_IT = "; quote the value if it is meant to start like that";
    private static final String TAG = "a tag (!…)" + QUOTE_IT;

    /** What SnakeYAML says of any character that starts nothing. */
    private static final Pattern ADVICE = Pattern.compile("\\. \\(Do not use .* for indentation\\)$");

    /** The text is not YAML, or more of YAML than a configuration needs. Line and column count from 1. */
    static final class MalformedException extends Exception {

        private static final long serialVersionUID = 1L;

        private final int line;
        private final int column;

        MalformedException(String message, int line, int column) {
            super(message);
            this.line = line;
            this.column = column;
        }

        int line() {
            return line;
        }

        int column() {
            return column;
        }
    }

    private final Iterator<Event> events;

    private YamlDocument(Iterator<Event> events) {
        this.events = events;
    }

    /** The text's only document, or null when there is none or it is empty. */
    static @Nullable ConfigNode parse(String text) throws MalformedException {
        refuseUnprintable(text);
        try {
            Iterable<Event> events = new Yaml(new LoaderOptions()).parse(new StringReader(text));
            return new YamlDocument(events.iterator()).document();
        } catch (MarkedYAMLException malformed) {
            throw explained(malformed);
        } catch (YAMLException malformed) {
            throw new MalformedException("not valid YAML", 1, 1);
        }
    }

    /** A value given outside a file, or null after the report got a complaint. */
    static @Nullable ConfigNode parseValue(String text, String shown, Report report) {
        try {
            ConfigNode node = parse(text);
            return node == null ? new Scalar("", true, 0) : node;
        } catch (MalformedException malformed) {
            report.refuse(0, shown, "column " + malformed.column() + ": " + malformed.getMessage());
            return null;
        }
    }

    private @Nullable ConfigNode document() throws MalformedException {
        events.next(); // the start of the stream
        if (!events.next().is(Event.ID.DocumentStart)) {
            return null;
        }
        ConfigNode root = node(events.next(), 0);
        events.next(); // the end of the document
        Event last = events.next();
        if (!last.is(Event.ID.StreamEnd)) {
            throw malformed("a second document; a configuration is one", last.getStartMark());
        }
        return root instanceof Scalar scalar && scalar.isAbsent() ? null : root;
    }

    private ConfigNode node(Event event, int depth) throws MalformedException {
        if (depth > MAX_DEPTH) {
            throw malformed("nested too deep", event.getStartMark());
        }
        if (event instanceof AliasEvent) {
            throw malformed("an alias (*…)" + QUOTE_IT, event.getStartMark());
        }
        if (event instanceof NodeEvent node && node.getAnchor() != null) {
            throw malformed("an anchor (&…)" + QUOTE_IT, event.getStartMark());
        }
        if (event instanceof ScalarEvent scalar) {
            requireUntagged(scalar.getTag(), event);
            return new Scalar(scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN, lineOf(event));
        }
        requireUntagged(((CollectionStartEvent) event).getTag(), event);
        return event instanceof SequenceStartEvent ? sequence(lineOf(event), depth) : mapping(lineOf(event), depth);
    }

    private static void requireUntagged(@Nullable String tag, Event event) throws MalformedException {
        if (tag != null) {
            throw malformed(TAG, event.getStartMark());
        }
    }

    private Sequence sequence(int line, int depth) throws MalformedException {
        List<ConfigNode> items = new ArrayList<>();
        for (Event event = events.next(); !event.is(Event.ID.SequenceEnd); event = events.next()) {
            items.add(node(event, depth + 1));
        }
        return new Sequence(items, line);
    }

    private Mapping mapping(int line, int depth) throws MalformedException {
        List<Entry> entries = new ArrayList<>();
        for (Event event = events.next(); !event.is(Event.ID.MappingEnd); event = events.next()) {
            if (!(node(event, depth + 1) instanceof Scalar key)) {
                throw malformed("a key that is a list or a mapping", event.getStartMark());
            }
            entries.add(new Entry(key.text(), node(events.next(), depth + 1), key.line()));
        }
        return new Mapping(entries, line);
    }

    private static int lineOf(Event event) {
        return event.getStartMark().getLine() + 1;
    }

    private static MalformedException malformed(String message, Mark mark) {
        return new MalformedException(message, mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** SnakeYAML reads in pieces and would report this only when it comes to the piece, and without a line. */
    private static void refuseUnprintable(String text) throws MalformedException {
        int line = 1;
        int column = 1;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int codePoint = text.codePointAt(i);
            if (!StreamReader.isPrintable(codePoint)) {
                throw new MalformedException(
                        String.format(Locale.ROOT, "a character that YAML does not allow (U+%04X)", codePoint),
                        line,
                        column);
            }
            column++;
            if (codePoint == '\n') {
                line++;
                column = 1;
            }
        }
    }

    private static MalformedException explained(MarkedYAMLException malformed) {
        Mark mark = malformed.getProblemMark() != null ? malformed.getProblemMark() : malformed.getContextMark();
        if (mark == null) {
            return new MalformedException("not valid YAML", 1, 1);
        }
        String message = isTab(mark) ? "a tab; indent with spaces" : explanation(malformed);
        return malformed(message, mark);
    }

    private static boolean isTab(Mark mark) {
        int[] buffer = mark.getBuffer();
        return mark.getPointer() < buffer.length && buffer[mark.getPointer()] == '\t';
    }

    private static String explanation(MarkedYAMLException malformed) {
        String problem = malformed.getProblem();
        if (problem == null) {
            return "not valid YAML";
        }
        if (problem.contains("tag handle")) {
            return TAG; // the handle may be the start of a secret
        }
        String context = malformed.getContext();
        String full = context == null ? problem : context + ", " + problem;
        return "not valid YAML: " + Redaction.plain(ADVICE.matcher(full).replaceFirst(""));
    }
}
