package dev.ringback.gateway.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ringback.gateway.webhook.JobWebhook.MalformedException;
import dev.ringback.gateway.webhook.WebhookEndpoint.Signer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What owners do with their endpoints. Stages complete on any loop, and fail as the store's do. Any thread. */
public final class EndpointDesk {
    private static final String ID_PREFIX = "ep_";
    private static final int MAX_DESCRIPTION = 256;
    private static final int MAX_TYPE = 128;
    private static final int MAX_TYPES = 100;
    /** Of secrets that sign at once: somebody who rotates in a hurry makes no endless header. */
    private static final int MAX_SECRETS = 4;

    private final Webhooks webhooks;

    public EndpointDesk(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    /**
     * What is asked for.
     *
     * @param secret null for one that is made, or kept
     * @param disabled null for what it is
     */
    public record Wanted(
            String url,
            @Nullable String description,
            Set<WebhookEvent> events,
            List<String> types,
            @Nullable SigningSecret secret,
            @Nullable Boolean disabled) {}

    /**
     * Reads what is asked for.
     *
     * @throws MalformedException where it can't be had
     */
    public Wanted read(byte[] json) throws MalformedException {
        JsonNode object = JobWebhook.object(json);
        String url = JobWebhook.url(object);
        webhooks.requireUrl(url);
        String description = JobWebhook.text(object, "description");
        if (description != null && description.length() > MAX_DESCRIPTION) {
            throw new MalformedException("\"description\" must have at most " + MAX_DESCRIPTION + " characters");
        }
        JsonNode disabled = object.get("disabled");
        if (disabled != null && !disabled.isBoolean()) {
            throw new MalformedException("\"disabled\" must be true or false");
        }
        return new Wanted(
                url,
                description,
                JobWebhook.events(object),
                types(object),
                readSecret(object),
                disabled == null ? null : disabled.booleanValue());
    }

    private static @Nullable SigningSecret readSecret(JsonNode object) throws MalformedException {
        String secret = JobWebhook.text(object, "secret");
        return secret == null ? null : JobWebhook.secret(secret);
    }

    /**
     * Reads the body of a rotation: empty, or {@code {"secret"}}.
     *
     * @throws MalformedException where it is neither
     */
    public SigningSecret readRotation(byte[] json) throws MalformedException {
        SigningSecret given = json.length == 0 ? null : readSecret(JobWebhook.object(json));
        return given == null ? webhooks.newSecret() : given;
    }

    private static List<String> types(JsonNode object) throws MalformedException {
        JsonNode list = object.get("types");
        List<String> types = new ArrayList<>();
        if (list == null || list.isNull()) {
            return types;
        }
        for (JsonNode item : list) {
            String type = item.textValue();
            if (type == null || type.isEmpty() || type.length() > MAX_TYPE) {
                throw typesMalformed();
            }
            types.add(type);
        }
        if (!list.isArray() || types.size() > MAX_TYPES) {
            throw typesMalformed();
        }
        return types;
    }

    private static MalformedException typesMalformed() {
        return new MalformedException("\"types\" must be a list of at most " + MAX_TYPES
                + " types of jobs, each of 1 to " + MAX_TYPE + " characters");
    }

    /** Makes an endpoint; null where the owner has as many as {@code webhook.endpoints} allows. */
    public CompletionStage<@Nullable WebhookEndpoint> create(@Nullable String owner, Wanted wanted) {
        SigningSecret secret = wanted.secret() == null ? webhooks.newSecret() : wanted.secret();
        WebhookEndpoint endpoint = new WebhookEndpoint(
                ID_PREFIX + webhooks.newName(),
                owner,
                wanted.url(),
                wanted.description(),
                wanted.events(),
                wanted.types(),
                List.of(new Signer(secret, 0)),
                webhooks.nowMillis(),
                1,
                disabledReason(wanted));
        return webhooks.store().endpoints().thenCompose(all -> {
            long own = all.stream()
                    .filter(other -> Objects.equals(other.owner(), owner))
                    .count();
            return own >= webhooks.config().endpoints()
                    ? CompletableFuture.completedFuture(null)
                    : webhooks.store().putEndpoint(endpoint).thenApply(done -> endpoint);
        });
    }

    private static @Nullable String disabledReason(Wanted wanted) {
        return Boolean.TRUE.equals(wanted.disabled()) ? "its owner disabled it" : null;
    }

    /** The endpoints of an owner, the oldest first; all of them for null. */
    public CompletionStage<List<WebhookEndpoint>> list(@Nullable String owner) {
        return webhooks.store()
                .endpoints()
                .thenApply(all -> all.stream()
                        .filter(endpoint -> isOf(endpoint, owner))
                        .sorted(Comparator.comparingLong(WebhookEndpoint::createdMillis)
                                .thenComparing(WebhookEndpoint::id))
                        .toList());
    }

    private static boolean isOf(WebhookEndpoint endpoint, @Nullable String owner) {
        return owner == null || owner.equals(endpoint.owner());
    }

    /** One of them; null where the owner has none of this id. */
    public CompletionStage<@Nullable WebhookEndpoint> find(@Nullable String owner, String id) {
        return list(owner)
                .thenApply(own -> own.stream()
                        .filter(endpoint -> endpoint.id().equals(id))
                        .findFirst()
                        .orElse(null));
    }

    /** Replaces what an endpoint is; its secrets stay, unless another is given, which then replaces them at once. */
    public CompletionStage<@Nullable WebhookEndpoint> replace(@Nullable String owner, String id, Wanted wanted) {
        return change(owner, id, present -> {
            String disabled = wanted.disabled() == null ? present.disabled() : disabledReason(wanted);
            SigningSecret secret = wanted.secret();
            return new WebhookEndpoint(
                    present.id(),
                    present.owner(),
                    wanted.url(),
                    wanted.description(),
                    wanted.events(),
                    wanted.types(),
                    secret == null ? present.secrets() : List.of(new Signer(secret, 0)),
                    present.createdMillis(),
                    present.revision(),
                    disabled);
        });
    }

    /** Signs with this secret from now on, and with those of before for {@code webhook.secret-rotation} more. */
    public CompletionStage<@Nullable WebhookEndpoint> rotate(@Nullable String owner, String id, SigningSecret secret) {
        long now = webhooks.nowMillis();
        long until = now + webhooks.config().secretRotation().toMillis();
        return change(owner, id, present -> {
            List<Signer> signers = new ArrayList<>(List.of(new Signer(secret, 0)));
            present.secrets().stream()
                    .map(old -> old.untilMillis() == 0 ? new Signer(old.secret(), until) : old)
                    .filter(old -> old.untilMillis() > now && signers.size() < MAX_SECRETS)
                    .forEach(signers::add);
            return present.signing(signers);
        });
    }

    private CompletionStage<@Nullable WebhookEndpoint> change(
            @Nullable String owner, String id, UnaryOperator<WebhookEndpoint> change) {
        return find(owner, id).thenCompose(present -> {
            if (present == null) {
                return CompletableFuture.completedFuture(null);
            }
            WebhookEndpoint changed = change.apply(present).revised();
            // Somebody else was faster: theirs is read, and changed in its turn.
            return webhooks.store()
                    .putEndpoint(changed)
                    .thenCompose(
                            isDone -> isDone ? CompletableFuture.completedFuture(changed) : change(owner, id, change));
        });
    }

    /** Whether there was one. What waits for it is given up. */
    public CompletionStage<Boolean> remove(@Nullable String owner, String id) {
        return find(owner, id)
                .thenCompose(present -> present == null
                        ? CompletableFuture.completedFuture(false)
                        : webhooks.store().removeEndpoint(id));
    }

    /** Sends a test event to an endpoint, once: the delivery; null where there is no such endpoint. */
    public CompletionStage<@Nullable Delivery> test(@Nullable String owner, String id) {
        return find(owner, id).thenCompose(present -> {
            if (present == null) {
                return CompletableFuture.completedFuture(null);
            }
            Delivery test = DeliveryMaker.test(present, webhooks.newName(), webhooks.nowMillis());
            return webhooks.store().add(null, List.of(test)).thenApply(done -> {
                webhooks.nudge();
                return test;
            });
        });
    }
}
