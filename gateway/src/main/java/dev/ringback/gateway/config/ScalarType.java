package dev.ringback.gateway.config;

import dev.ringback.gateway.config.ConfigNode.Scalar;
import org.jspecify.annotations.Nullable;

/** A type whose values are written as one text. */
abstract class ScalarType implements ValueType {

    /** With its article, as in "a list where {@code a whole number} belongs". */
    abstract String noun();

    /** The allowed value that a text stands for. */
    abstract Object parse(String text) throws InvalidValueException;

    /** The text without its secrets. */
    String redact(String text) {
        return text;
    }

    @Override
    public final ConfigNode toNode(String text, Report report) {
        return new Scalar(text, false, 0);
    }

    @Override
    public final String show(ConfigNode node) {
        return node instanceof Scalar scalar ? Redaction.show(redact(scalar.text())) : node.outline();
    }

    @Override
    public final @Nullable Object read(ConfigNode node, Report report) {
        if (!(node instanceof Scalar scalar)) {
            report.refuse(
                    node.line(), show(node), node.noun() + " where " + noun() + " belongs; allowed: " + allowed());
            return null;
        }
        if (scalar.isAbsent() || scalar.text().isEmpty()) {
            report.refuse(node.line(), Redaction.show(scalar.text()), "no value; allowed: " + allowed());
            return null;
        }
        try {
            return parse(scalar.text());
        } catch (InvalidValueException invalid) {
            report.refuse(node.line(), show(node), String.valueOf(invalid.getMessage()));
            return null;
        }
    }
}
