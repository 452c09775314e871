package dev.ringback.gateway.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What to say about names that nothing has. */
final class UnknownName {

    private UnknownName() {}

    /**
     * The path of a key for a message. A name below {@code auth} that is near to none of its keys may be a token:
     * someone wrote {@code <token>: <owner>}.
     */
    static String show(String path) {
        boolean maybeToken =
                path.startsWith("auth.") && Spelling.nearest(path, Keys.all().keySet()) == null;
        return maybeToken ? "auth." + Redaction.MASK : Redaction.name(path);
    }

    /** The message about a key that does not exist. */
    static String key(String path) {
        int dot = path.indexOf('.');
        Section section = Keys.sections().get(dot < 0 ? path : path.substring(0, dot));
        String others = section == null ? sections() : keysOf(section);
        return "unknown key; " + meantOr(Spelling.nearest(path, Keys.all().keySet()), others);
    }

    /** The message about a section that does not exist. */
    static String section(String name) {
        return "unknown section; "
                + meantOr(Spelling.nearest(name, Keys.sections().keySet()), sections());
    }

    /** The message about an environment variable that does not exist. */
    static String variable(String name) {
        List<String> variables = Keys.all().values().stream().map(Key::variable).toList();
        String others = "variables are named like " + variables.get(0) + " for "
                + Keys.all().keySet().iterator().next();
        return "unknown variable; " + meantOr(Spelling.nearest(name, variables), others);
    }

    /** As in "keys of drain: window, deadline". */
    static String keysOf(Section section) {
        List<String> names = section.keys().stream().map(Key::name).toList();
        return "keys of " + section.name() + ": " + String.join(", ", names);
    }

    private static String sections() {
        return "sections: " + String.join(", ", Keys.sections().keySet());
    }

    private static String meantOr(@Nullable String meant, String others) {
        return meant == null ? others : "did you mean " + meant + "?";
    }
}
