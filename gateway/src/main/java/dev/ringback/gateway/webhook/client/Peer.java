package dev.ringback.gateway.webhook.client;

import java.net.InetAddress;

/**
 * Where a connection goes. A connection serves any call to the same.
 *
 * @param isTls whether with TLS
 * @param host of the URL, for whom the certificate must be
 * @param address the address of the host that was checked
 */
record Peer(boolean isTls, String host, int port, InetAddress address) {}
