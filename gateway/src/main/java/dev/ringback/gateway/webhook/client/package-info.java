/** Calls receivers: the addresses that may be called, connections, one request and its answer. */
@NullMarked
package dev.ringback.gateway.webhook.client;

import org.jspecify.annotations.NullMarked;
