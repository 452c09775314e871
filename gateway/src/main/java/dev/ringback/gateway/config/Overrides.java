package dev.ringback.gateway.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Assigns what the environment and the command line say. */
final class Overrides {

    /** For the launcher script, not for the gateway. */
    private static final Set<String> LAUNCHER_VARIABLES = Set.of("RINGBACK_JAVA", "RINGBACK_JAVA_OPTS");

    /**
     * What Kubernetes and old Docker links put into every container beside a service named {@code ringback} or {@code
     * ringback-…}: nobody's setting, so no mistake.
     */
    private static final Pattern SERVICE_LINK = Pattern.compile("RINGBACK_(?:[A-Z0-9_]+_)?"
            + "(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT_[0-9]+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)");

    private static final Pattern SERVICE_LINK_PORT = Pattern.compile("RINGBACK_(?:[A-Z0-9_]+_)?PORT");
    private static final Pattern SERVICE_LINK_URL = Pattern.compile("(?:tcp|udp|sctp)://[0-9A-Za-z.:\\[\\]-]+");

    private Overrides() {}

    /** Assigns the variables that start with {@code RINGBACK_}. */
    static void assignEnvironment(Map<String, String> environment, Assignments assignments) {
        Map<String, Key> keys = new HashMap<>();
        Keys.all().values().forEach(key -> keys.put(key.variable(), key));
        new TreeMap<>(environment).forEach((variable, text) -> {
            Key key = keys.get(variable);
            Source source = new Source.Environment(Redaction.name(variable));
            if (isServiceLink(variable, text) || !isOurs(variable)) {
                return;
            }
            if (key != null) {
                assignments.assignText(key, text, source);
            } else {
                String shown = Redaction.showUnknown(variable, text);
                assignments.problems().add(source.locate(0, "", "", shown) + ": " + UnknownName.variable(variable));
            }
        });
    }

    /** Assigns {@code key=value} settings; of two for one key the later counts. */
    static void assignSettings(List<String> settings, Assignments assignments) {
        settings.forEach(setting -> assignSetting(setting, assignments));
    }

    private static void assignSetting(String setting, Assignments assignments) {
        int equals = setting.indexOf('=');
        String path = equals < 0 ? setting : setting.substring(0, equals);
        Key key = Keys.all().get(path);
        if (equals < 0) {
            String shown = key == null ? Redaction.MASK : path; // what is no key may be a value, and so a secret
            assignments.problems().add("--set " + shown + ": no value; write --set key=value");
            return;
        }
        String text = setting.substring(equals + 1);
        Source source = new Source.CommandLine();
        if (key != null) {
            assignments.assignText(key, text, source);
        } else {
            String place = source.locate(0, UnknownName.show(path), "", Redaction.showUnknown(path, text));
            assignments.problems().add(place + ": " + UnknownName.key(path));
        }
    }

    private static boolean isOurs(String variable) {
        return variable.startsWith(Key.VARIABLE_PREFIX) && !LAUNCHER_VARIABLES.contains(variable);
    }

    private static boolean isServiceLink(String variable, String text) {
        return SERVICE_LINK.matcher(variable).matches()
                || (SERVICE_LINK_PORT.matcher(variable).matches()
                        && SERVICE_LINK_URL.matcher(text).matches());
    }
}
