package dev.ringback.gateway.config;

import dev.ringback.gateway.config.ConfigNode.Entry;
import dev.ringback.gateway.config.ConfigNode.Mapping;
import dev.ringback.gateway.config.ConfigNode.Scalar;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Assigns what stands in a configuration file. Used once, by one thread. */
final class ConfigFile {

    private final Source source;
    private final String name;
    private final Assignments assignments;
    private final Problems problems;
    private final Map<String, Integer> lineOfPath = new HashMap<>();

    private ConfigFile(String name, Assignments assignments) {
        this.source = new Source.File(name);
        this.name = name;
        this.assignments = assignments;
        this.problems = assignments.problems();
    }

    static void assign(Path file, Assignments assignments) {
        String text = FileText.read(file, assignments.problems());
        if (text != null) {
            new ConfigFile(FileText.nameOf(file), assignments).assign(text);
        }
    }

    private void assign(String text) {
        try {
            ConfigNode root = YamlDocument.parse(text);
            if (root instanceof Mapping mapping) {
                mapping.entries().forEach(this::assignSection);
            } else if (root != null) {
                String place = name + ":" + root.line();
                problems.add(place + ": no sections; write them like \"listen:\" and below it \"  port: 8080\"");
            }
        } catch (YamlDocument.MalformedException malformed) {
            String place = name + ":" + malformed.line() + ":" + malformed.column();
            problems.add(place + ": " + malformed.getMessage());
        }
    }

    private void assignSection(Entry entry) {
        Section section = Keys.sections().get(entry.key());
        if (section == null) {
            refuseUnknownSection(entry);
            return;
        }
        refuseRepeated(entry, entry.key());
        if (entry.value() instanceof Mapping mapping) {
            mapping.entries().forEach(value -> assignKey(section, value));
        } else if (!isAbsent(entry.value())) {
            String mismatch = entry.value().noun() + " where a mapping belongs; ";
            refuse(entry, entry.key(), () -> mismatch + UnknownName.keysOf(section));
        }
    }

    private void assignKey(Section section, Entry entry) {
        String path = section.name() + '.' + entry.key();
        Key key = Keys.all().get(path);
        if (key == null) {
            refuse(entry, path, () -> UnknownName.key(path));
            return;
        }
        refuseRepeated(entry, path);
        assignments.assign(key, entry.value(), source);
    }

    private void refuseRepeated(Entry entry, String path) {
        Integer first = lineOfPath.putIfAbsent(path, entry.line());
        if (first != null) {
            refuse(entry, path, () -> "given twice, first on line " + first);
        }
    }

    private void refuseUnknownSection(Entry entry) {
        String path = entry.key();
        Key dotted = Keys.all().get(path);
        if (dotted != null) {
            String section = path.substring(0, path.indexOf('.'));
            refuse(entry, path, () -> "dotted; write \"" + section + ":\" and below it \"  " + dotted.name() + ": …\"");
        } else if (entry.value() instanceof Mapping) {
            refuse(entry, path, () -> UnknownName.section(path));
        } else {
            refuse(entry, path, () -> UnknownName.key(path));
        }
    }

    private void refuse(Entry entry, String path, Supplier<String> message) {
        problems.add(() -> {
            String place = source.locate(entry.line(), UnknownName.show(path), "", shown(entry, path));
            return place + ": " + message.get();
        });
    }

    private static String shown(Entry entry, String path) {
        return entry.value() instanceof Scalar scalar
                ? Redaction.showUnknown(path, scalar.text())
                : entry.value().outline();
    }

    private static boolean isAbsent(ConfigNode node) {
        return node instanceof Scalar scalar && scalar.isAbsent();
    }
}
