package dev.ringback.gateway.webhook;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where an owner wants to hear of all jobs, or of those of some types.
 *
 * @param id {@code ep_…}, made by the gateway
 * @param owner whose jobs; null for everybody's
 * @param events what is told
 * @param types of jobs that are told of; empty for all
 * @param secrets sign each request, the newest first; never empty
 * @param revision 1 for a new one; each change that is written has the next
 * @param disabled why nothing is sent; null while something is
 */
public record WebhookEndpoint(
        String id,
        @Nullable String owner,
        String url,
        @Nullable String description,
        Set<WebhookEvent> events,
        List<String> types,
        List<Signer> secrets,
        long createdMillis,
        long revision,
        @Nullable String disabled) {

    /**
     * A secret, and how long it signs.
     *
     * @param untilMillis since the epoch; 0 for ever
     */
    public record Signer(SigningSecret secret, long untilMillis) {}

    public WebhookEndpoint {
        events = Set.copyOf(events);
        types = List.copyOf(types);
        secrets = List.copyOf(secrets);
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("endpoint " + id + " has no secret");
        }
    }

    /** Whether it is told of this event of a job of this owner and type. */
    boolean wants(WebhookEvent event, @Nullable String jobOwner, @Nullable String type) {
        return disabled == null
                && events.contains(event)
                && (owner == null || owner.equals(jobOwner))
                && (types.isEmpty() || type != null && types.contains(type));
    }

    /** Those that sign now, the newest first. The newest signs for ever. */
    List<SigningSecret> secretsAt(long nowMillis) {
        return secrets.stream()
                .filter(signer -> signer.untilMillis() == 0 || signer.untilMillis() > nowMillis)
                .map(Signer::secret)
                .toList();
    }

    /** The same endpoint, sending nothing for this reason; null to send again. */
    public WebhookEndpoint disabled(@Nullable String why) {
        return new WebhookEndpoint(id, owner, url, description, events, types, secrets, createdMillis, revision, why);
    }

    /** The same endpoint with other secrets. */
    public WebhookEndpoint signing(List<Signer> signers) {
        return new WebhookEndpoint(
                id, owner, url, description, events, types, signers, createdMillis, revision, disabled);
    }

    /** The same endpoint, as {@link WebhookStore#putEndpoint} writes it over this one. */
    public WebhookEndpoint revised() {
        return new WebhookEndpoint(
                id, owner, url, description, events, types, secrets, createdMillis, revision + 1, disabled);
    }
}
