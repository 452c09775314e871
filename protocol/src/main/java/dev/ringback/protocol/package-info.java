/** The job model and its wire formats: what travels between clients, gateways, workers and Redis. No server, no sockets. */
@NullMarked
package dev.ringback.protocol;

import org.jspecify.annotations.NullMarked;
