package dev.ringback.gateway.webhook.client;

/** Why a call got no answer. Without a stack trace: what went wrong is at the other end. */
final class CallException extends Exception {
    private static final long serialVersionUID = 1L;

    private final WebhookClient.Failure failure;

    CallException(WebhookClient.Failure failure, String detail) {
        super(detail, null, false, false);
        this.failure = failure;
    }

    WebhookClient.Failure failure() {
        return failure;
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
