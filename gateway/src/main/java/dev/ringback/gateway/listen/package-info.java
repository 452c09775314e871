/** Sockets: transport choice, the one-port pipeline, admission and drain. */
@NullMarked
package dev.ringback.gateway.listen;

import org.jspecify.annotations.NullMarked;
