package dev.ringback.gateway.config;

import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One of a few words. */
final class ChoiceType extends ScalarType {

    private final String noun;
    private final Map<String, Object> valueOfWord;
    private final List<String> allowed;

    private ChoiceType(String noun, Map<String, Object> valueOfWord, List<String> allowed) {
        this.noun = noun;
        this.valueOfWord = valueOfWord;
        this.allowed = allowed;
    }

    static ChoiceType ofBoolean() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("true", true);
        values.put("false", false);
        return new ChoiceType("true or false", values, List.of("true", "false"));
    }

    static ChoiceType ofWords(List<String> words) {
        Map<String, Object> values = new LinkedHashMap<>();
        words.forEach(word -> values.put(word, word));
        return new ChoiceType("a word", values, words);
    }

    /**
     * The constants of an enum, in lower case with dashes unless {@link Named} says otherwise.
     *
     * @param available their words that can be used yet; empty for all
     */
    static ChoiceType ofEnum(Class<?> type, List<String> available) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (Field field : type.getFields()) {
            if (field.isEnumConstant()) {
                values.put(wordFor(field), constant(field));
            }
        }
        return new ChoiceType("a word", values, available.isEmpty() ? List.copyOf(values.keySet()) : available);
    }

    private static String wordFor(Field constant) {
        Named named = constant.getAnnotation(Named.class);
        return named != null
                ? named.value()
                : constant.getName().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Object constant(Field field) {
        try {
            return field.get(null);
        } catch (IllegalAccessException notPublic) {
            throw new AssertionError(notPublic);
        }
    }

    @Override
    String noun() {
        return noun;
    }

    @Override
    public String allowed() {
        return String.join(", ", allowed);
    }

    @Override
    Object parse(String text) throws InvalidValueException {
        Object value = valueOfWord.get(text);
        if (value == null) {
            throw new InvalidValueException("unknown word; allowed: " + allowed());
        }
        check(value);
        return value;
    }

    @Override
    public void check(Object value) throws InvalidValueException {
        if (!allowed.contains(render(value))) {
            throw new InvalidValueException("not available yet; allowed: " + allowed());
        }
    }

    @Override
    public String render(Object value) {
        for (Map.Entry<String, Object> word : valueOfWord.entrySet()) {
            if (word.getValue().equals(value)) {
                return word.getKey();
            }
        }
        return value.toString();
    }
}
