package dev.ringback.gateway.config;

import dev.ringback.gateway.config.ConfigNode.Scalar;
import dev.ringback.gateway.config.ConfigNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A list of texts of one format; outside the file also {@code a,b}. */
final class ListType implements ValueType {

    private final TextType entry;

    ListType(Format format) {
        this.entry = new TextType(format);
    }

    @Override
    public String allowed() {
        return entry.allowed();
    }

    @Override
    public String show(ConfigNode node) {
        return entry.show(node);
    }

    @Override
    public @Nullable ConfigNode toNode(String text, Report report) {
        if (text.startsWith("[")) {
            return YamlDocument.parseValue(text, Redaction.show(text), report);
        }
        List<ConfigNode> items = new ArrayList<>();
        for (String item : text.isBlank() ? new String[0] : text.split(",", -1)) {
            items.add(new Scalar(item.strip(), false, 0));
        }
        return new Sequence(items, 0);
    }

    @Override
    public @Nullable Object read(ConfigNode node, Report report) {
        if (!(node instanceof Sequence sequence)) {
            report.refuse(node.line(), show(node), "not a list, like [a, b] or []; allowed: " + allowed());
            return null;
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            Object value = entry.read(sequence.items().get(i), report.of("[" + i + "]"));
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == sequence.items().size() ? List.copyOf(values) : null;
    }

    @Override
    public void check(Object value) throws InvalidValueException {
        for (Object item : (List<?>) value) {
            entry.check(item);
        }
    }

    @Override
    public String render(Object value) {
        return ((List<?>) value).stream().map(item -> "\"" + item + "\"").collect(Collectors.joining(", ", "[", "]"));
    }
}
