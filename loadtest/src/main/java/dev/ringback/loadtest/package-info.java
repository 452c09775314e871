/** The load harness: a client program that knows the protocol and not the gateway. */
@NullMarked
package dev.ringback.loadtest;

import org.jspecify.annotations.NullMarked;
