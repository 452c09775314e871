package dev.ringback.gateway.http;

import dev.ringback.gateway.webhook.JobWebhook.MalformedException;
import dev.ringback.gateway.webhook.Webhooks;
import dev.ringback.protocol.JobId;
import dev.ringback.protocol.NewJob;

/** Refuses submissions whose webhook can't be called, before somebody else hears of them. */
public final class SubmittedWebhooks implements Services.Submitted {
    private final Webhooks webhooks;
    private final Services.Submitted others;

    public SubmittedWebhooks(Webhooks webhooks, Services.Submitted others) {
        this.webhooks = webhooks;
        this.others = others;
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
        others.check(job);
    }

    @Override
    public void accepted(JobId id, NewJob job) {
        others.accepted(id, job);
    }
}
