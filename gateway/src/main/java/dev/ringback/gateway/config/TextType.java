package dev.ringback.gateway.config;

/** A text of some format. */
final class TextType extends ScalarType {

    private final Format format;

    TextType(Format format) {
        this.format = format;
    }

    @Override
    String noun() {
        return format.noun();
    }

    @Override
    public String allowed() {
        return format.allowed();
    }

    @Override
    Object parse(String text) throws InvalidValueException {
        check(text);
        return text;
    }

    @Override
    public void check(Object value) throws InvalidValueException {
        if (!format.accepts((String) value)) {
            throw new InvalidValueException("not " + noun() + "; allowed: " + allowed());
        }
    }

    @Override
    public String render(Object value) {
        return format.redact((String) value);
    }

    @Override
    String redact(String text) {
        return format.redact(text);
    }
}
