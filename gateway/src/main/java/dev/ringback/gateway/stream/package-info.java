/** The ways to wait: long poll, Server-Sent Events, WebSocket, each a hub.Subscriber on one parked connection. */
@NullMarked
package dev.ringback.gateway.stream;

import org.jspecify.annotations.NullMarked;
