package dev.ringback.gateway.config;

import dev.ringback.gateway.config.AuthConfig.Role;
import dev.ringback.gateway.config.AuthConfig.Token;
import dev.ringback.gateway.config.ConfigNode.Entry;
import dev.ringback.gateway.config.ConfigNode.Mapping;
import dev.ringback.gateway.config.ConfigNode.Scalar;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one entry of {@code auth.tokens}. Used once, by one thread. */
final class TokenEntry {

    static final String ALLOWED = "{token: …, owner: …, role: client or worker}";

    private static final int MIN_TOKEN_CHARACTERS = 16;
    private static final int MAX_TOKEN_CHARACTERS = 1024;
    private static final Pattern VISIBLE_ASCII = Pattern.compile("[!-~]*");
    private static final Pattern OWNER = Pattern.compile("\\*|[A-Za-z0-9._@-]{1,64}");
    private static final ChoiceType ROLE = ChoiceType.ofEnum(Role.class, List.of());

    private final Report report;
    private final Set<String> given = new HashSet<>();
    private @Nullable String token;
    private @Nullable String owner;
    private @Nullable Role role;

    TokenEntry(Report report) {
        this.report = report;
    }

    /** The token, or null after the report got every complaint about it. */
    @Nullable Token read(ConfigNode node) {
        if (!(node instanceof Mapping mapping)) {
            report.refuse(node.line(), Redaction.MASK, "not a mapping; allowed: " + ALLOWED);
            return null;
        }
        mapping.entries().forEach(this::readField);
        for (String field : List.of("token", "owner", "role")) {
            if (!given.contains(field)) {
                report.refuse(node.line(), Redaction.MASK, "no " + field + "; allowed: " + ALLOWED);
            }
        }
        return token == null || owner == null || role == null ? null : new Token(token, owner, role);
    }

    private void readField(Entry field) {
        try {
            read(field.key(), field.value());
        } catch (InvalidValueException invalid) {
            boolean isField = given.contains(field.key()); // else its name may be a token: {<token>: <owner>}
            Report place = isField ? report.of("." + field.key()) : report;
            place.refuse(field.line(), Redaction.MASK, String.valueOf(invalid.getMessage()));
        }
    }

    private void read(String field, ConfigNode value) throws InvalidValueException {
        switch (field) {
            case "token" -> token = checkToken(text(field, value));
            case "owner" -> owner = checkOwner(text(field, value));
            case "role" -> role = (Role) ROLE.parse(text(field, value));
            default -> throw new InvalidValueException("an unknown field; allowed: " + ALLOWED);
        }
    }

    private String text(String field, ConfigNode value) throws InvalidValueException {
        if (!given.add(field)) {
            throw new InvalidValueException("given twice in one entry");
        }
        if (!(value instanceof Scalar scalar) || scalar.isAbsent()) {
            throw new InvalidValueException("no value; allowed: " + ALLOWED);
        }
        return scalar.text();
    }

    static String checkToken(String token) throws InvalidValueException {
        String allowed = "; allowed: " + MIN_TOKEN_CHARACTERS + " to " + MAX_TOKEN_CHARACTERS
                + " visible ASCII characters, no spaces";
        if (!VISIBLE_ASCII.matcher(token).matches()) {
            throw new InvalidValueException("not what a header can carry" + allowed);
        }
        if (token.length() < MIN_TOKEN_CHARACTERS || token.length() > MAX_TOKEN_CHARACTERS) {
            throw new InvalidValueException(token.length() + " characters" + allowed);
        }
        return token;
    }

    static String checkOwner(String owner) throws InvalidValueException {
        if (!OWNER.matcher(owner).matches()) {
            throw new InvalidValueException(
                    "not an owner; allowed: 1 to 64 of A-Z a-z 0-9 . _ @ -, or * for all owners");
        }
        return owner;
    }

    static String render(Token token) {
        return "{token: " + Redaction.MASK + ", owner: " + token.owner() + ", role: " + ROLE.render(token.role()) + "}";
    }
}
