/** What webhooks cost, how many there can be, and what receivers that are gone do to the others. */
@NullMarked
package dev.ringback.loadtest.webhook;

import org.jspecify.annotations.NullMarked;
