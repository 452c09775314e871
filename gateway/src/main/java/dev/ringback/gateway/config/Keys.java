package dev.ringback.gateway.config;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every configuration key, found once by looking at {@link GatewayConfig}'s records. */
final class Keys {

    private static final Map<String, Section> SECTIONS = new LinkedHashMap<>();
    private static final Map<Class<?>, Section> SECTION_OF_TYPE = new LinkedHashMap<>();
    private static final Map<String, Key> KEYS = new LinkedHashMap<>();

    static {
        for (RecordComponent component : GatewayConfig.class.getRecordComponents()) {
            Section section = sectionOf(component);
            SECTIONS.put(section.name(), section);
            SECTION_OF_TYPE.put(section.type(), section);
            section.keys().forEach(key -> KEYS.put(key.path(), key));
        }
    }

    private Keys() {}

    /** All sections by their names, in the order of {@link GatewayConfig}. */
    static Map<String, Section> sections() {
        return SECTIONS;
    }

    /** All keys by their paths, section by section. */
    static Map<String, Key> all() {
        return KEYS;
    }

    /**
     * Called by the constructor of each record.
     *
     * @param values the record's components, in order
     * @throws IllegalArgumentException naming the first key whose value is not allowed
     */
    static void requireAllowed(Class<?> record, Object... values) {
        List<Key> keys = sectionOf(record).keys();
        for (int i = 0; i < keys.size(); i++) {
            Key key = keys.get(i);
            try {
                key.type().check(values[i]);
            } catch (InvalidValueException invalid) {
                String shown = key.type().render(values[i]);
                throw new IllegalArgumentException(key.path() + " = " + shown + ": " + invalid.getMessage(), invalid);
            }
        }
    }

    /** The configuration with these values; other keys have their defaults. */
    static GatewayConfig configWith(Map<Key, Object> values) {
        List<Object> records = new ArrayList<>();
        for (Section section : SECTIONS.values()) {
            Object[] arguments = section.keys().stream()
                    .map(key -> values.getOrDefault(key, key.defaultValue()))
                    .toArray();
            records.add(construct(section.type(), arguments));
        }
        return (GatewayConfig) construct(GatewayConfig.class, records.toArray());
    }

    /** The value of a key. */
    static Object valueOf(GatewayConfig config, Section section, Key key) {
        return get(key.component(), get(section.component(), config));
    }

    static GatewayConfig replaceSection(GatewayConfig config, Record replacement) {
        Section replaced = sectionOf(replacement.getClass());
        Object[] records = SECTIONS.values().stream()
                .map(section -> section.equals(replaced) ? replacement : get(section.component(), config))
                .toArray();
        return (GatewayConfig) construct(GatewayConfig.class, records);
    }

    private static Section sectionOf(Class<?> record) {
        Section section = SECTION_OF_TYPE.get(record);
        if (section == null) {
            throw new IllegalArgumentException(record + " is no section of the configuration");
        }
        return section;
    }

    private static Section sectionOf(RecordComponent component) {
        String name = spelling(component, component.getName());
        List<Key> keys = new ArrayList<>();
        for (RecordComponent value : component.getType().getRecordComponents()) {
            keys.add(keyOf(name + '.' + spelling(value, value.getName()), value));
        }
        return new Section(name, component, List.copyOf(keys));
    }

    private static Key keyOf(String path, RecordComponent component) {
        Setting setting = component.getAnnotation(Setting.class);
        if (setting == null) {
            throw new AssertionError(path + " has no @Setting");
        }
        Problems problems = new Problems();
        try {
            ValueType type = KeyTypes.of(component, setting);
            Report report = new Report(new Source.File("@Setting"), path, "", problems);
            ConfigNode node = type.toNode(setting.value(), report);
            Object defaultValue = node == null ? null : type.read(node, report);
            if (defaultValue == null) {
                throw new AssertionError(problems.lines());
            }
            return new Key(path, type, component, defaultValue);
        } catch (InvalidValueException badRange) {
            throw new AssertionError(path, badRange);
        }
    }

    /** {@code maxWait} becomes {@code max-wait} unless {@link Named} says otherwise. */
    private static String spelling(AnnotatedElement element, String javaName) {
        Named named = element.getAnnotation(Named.class);
        return named != null
                ? named.value()
                : javaName.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static Object construct(Class<?> record, @Nullable Object... arguments) {
        try {
            Class<?>[] types = Arrays.stream(record.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new);
            Constructor<?> canonical = record.getDeclaredConstructor(types);
            return canonical.newInstance(arguments);
        } catch (InvocationTargetException refused) {
            throw new AssertionError("a value that was read is not allowed", refused.getCause());
        } catch (ReflectiveOperationException noRecord) {
            throw new AssertionError(noRecord);
        }
    }

    private static Object get(RecordComponent component, Object record) {
        try {
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException noRecord) {
            throw new AssertionError(noRecord);
        }
    }
}
