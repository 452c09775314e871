package dev.ringback.loadtest.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The values of every key: the file's over the defaults, a command line's over both. */
public final class Settings {
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(ms|s|m|h)");

    private final Map<Key, String> values = new LinkedHashMap<>();

    private Settings() {
        for (Key key : Key.values()) {
            values.put(key, key.defaultValue());
        }
    }

    public static Settings defaults() {
        return new Settings();
    }

    /**
     * Reads a file.
     *
     * @param overrides each {@code key=value}
     * @throws ScenarioException where a key is unknown or a value is none
     */
    public static Settings read(Path file, List<String> overrides) throws IOException {
        Settings settings = new Settings();
        JsonNode root;
        try {
            root = new YAMLMapper().readTree(Files.readString(file));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new ScenarioException(file + ": not YAML: " + e.getOriginalMessage());
        }
        if (!root.isObject() && !root.isMissingNode() && !root.isNull()) {
            throw new ScenarioException(file + ": must be keys and values");
        }
        for (Map.Entry<String, JsonNode> property : root.properties()) {
            settings.set(file + ": ", property.getKey(), text(file, property));
        }
        settings.override(overrides);
        return settings;
    }

    /** Reads back what {@link #asMap} gave. */
    public static Settings of(Map<String, String> spelled) throws ScenarioException {
        Settings settings = new Settings();
        for (Map.Entry<String, String> entry : spelled.entrySet()) {
            settings.set("", entry.getKey(), entry.getValue());
        }
        return settings;
    }

    private static String text(Path file, Map.Entry<String, JsonNode> property) throws ScenarioException {
        JsonNode value = property.getValue();
        if (!value.isValueNode()) {
            throw new ScenarioException(file + ": " + property.getKey() + " must be one value, not a list or a map");
        }
        return value.asText();
    }

    /** Sets keys, each {@code key=value}. */
    public void override(List<String> overrides) throws ScenarioException {
        for (String override : overrides) {
            int equals = override.indexOf('=');
            if (equals < 0) {
                throw new ScenarioException("--set " + override + ": must be key=value");
            }
            set("--set ", override.substring(0, equals), override.substring(equals + 1));
        }
    }

    private void set(String where, String spelling, String value) throws ScenarioException {
        Key key = Key.find(spelling)
                .orElseThrow(() -> new ScenarioException(
                        where + "no such key as " + spelling + "; there are " + String.join(", ", Key.spellings())));
        values.put(key, value);
    }

    /** Every key, in the order of {@link Key}. */
    public Map<String, String> asMap() {
        Map<String, String> map = new LinkedHashMap<>();
        values.forEach((key, value) -> map.put(key.spelling(), value));
        return map;
    }

    public Settings with(Key key, long value) {
        Settings changed = new Settings();
        changed.values.putAll(values);
        changed.values.put(key, Long.toString(value));
        return changed;
    }

    // ── typed ──────────────────────────────────────────────────────────────────────────────────────────────────

    String text(Key key) {
        return String.valueOf(values.get(key)).strip();
    }

    int number(Key key, int least, int most) throws ScenarioException {
        String text = text(key);
        if (text.matches("[0-9]{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        throw wrong(key, "a whole number from " + least + " to " + most);
    }

    double fraction(Key key, double least, double most) throws ScenarioException {
        try {
            double value = Double.parseDouble(text(key));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw wrong(key, "a number from " + least + " to " + most);
        }
        throw wrong(key, "a number from " + least + " to " + most);
    }

    Duration duration(Key key) throws ScenarioException {
        Matcher matcher = DURATION.matcher(text(key));
        if (!matcher.matches()) {
            throw wrong(key, "a duration like 500ms, 30s, 5m or 1h");
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    <E extends Enum<E>> E choice(Key key, Class<E> type) throws ScenarioException {
        StringBuilder allowed = new StringBuilder();
        for (E constant : type.getEnumConstants()) {
            String spelling = constant.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
            if (spelling.equals(text(key))) {
                return constant;
            }
            allowed.append(allowed.isEmpty() ? "" : ", ").append(spelling);
        }
        throw wrong(key, "one of " + allowed);
    }

    ScenarioException wrong(Key key, String allowed) {
        return new ScenarioException(key.spelling() + " must be " + allowed + ", not \"" + text(key) + "\"");
    }
}
