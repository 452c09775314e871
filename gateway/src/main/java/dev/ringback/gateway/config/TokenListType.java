package dev.ringback.gateway.config;

import dev.ringback.gateway.config.AuthConfig.Token;
import dev.ringback.gateway.config.ConfigNode.Scalar;
import dev.ringback.gateway.config.ConfigNode.Sequence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A list of bearer tokens, each a mapping; outside the file {@code [{token: …, owner: …, role: …}]}. Messages show
 * nothing of what is inside: fields may have been mixed up.
 */
final class TokenListType implements ValueType {

    @Override
    public String allowed() {
        return "a list of " + TokenEntry.ALLOWED;
    }

    @Override
    public String show(ConfigNode node) {
        return Redaction.MASK;
    }

    @Override
    public @Nullable ConfigNode toNode(String text, Report report) {
        return text.isBlank() ? new Sequence(List.of(), 0) : YamlDocument.parseValue(text, Redaction.MASK, report);
    }

    @Override
    public @Nullable Object read(ConfigNode node, Report report) {
        if (!(node instanceof Sequence sequence)) {
            String what = node instanceof Scalar scalar && scalar.isAbsent() ? "no value" : "not a list";
            report.refuse(node.line(), Redaction.MASK, what + "; allowed: " + allowed());
            return null;
        }
        List<Token> tokens = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            ConfigNode item = sequence.items().get(i);
            Report itemReport = report.of("[" + i + "]");
            Token token = new TokenEntry(itemReport).read(item);
            if (token != null && !seen.add(token.token())) {
                itemReport.of(".token").refuse(item.line(), Redaction.MASK, "the same token as in an earlier entry");
            } else if (token != null) {
                tokens.add(token);
            }
        }
        return tokens.size() == sequence.items().size() ? List.copyOf(tokens) : null;
    }

    @Override
    public void check(Object value) throws InvalidValueException {
        Set<String> seen = new HashSet<>();
        for (Object item : (List<?>) value) {
            Token token = (Token) item;
            TokenEntry.checkToken(token.token());
            TokenEntry.checkOwner(token.owner());
            if (!seen.add(token.token())) {
                throw new InvalidValueException("two entries have the same token");
            }
        }
    }

    @Override
    public String render(Object value) {
        return ((List<?>) value)
                .stream().map(item -> TokenEntry.render((Token) item)).collect(Collectors.joining(", ", "[", "]"));
    }
}
