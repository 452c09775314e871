package dev.ringback.gateway.http;

import dev.ringback.gateway.webhook.JobWebhook.MalformedException;
import dev.ringback.gateway.webhook.Webhooks;
import dev.ringback.protocol.NewJob;

/** Refuses submissions whose webhook can't be called, before somebody else hears of them. */
public final class SubmittedWebhooks implements Services.Submitted {
    private final Webhooks webhooks;

    public SubmittedWebhooks(Webhooks webhooks) {
        this.webhooks = webhooks;
    }

    @Override
    public void check(NewJob job) {
        byte[] webhook = job.webhook();
        if (webhook != null) {
            try {
                webhooks.check(webhook);
            } catch (MalformedException e) {
                throw Rejection.badRequest("webhook-malformed", "\"webhook\": " + e.detail());
            }
        }
    }
}
