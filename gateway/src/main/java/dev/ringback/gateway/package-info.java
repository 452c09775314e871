/** The server: wiring and the command line. */
@NullMarked
package dev.ringback.gateway;

import org.jspecify.annotations.NullMarked;
