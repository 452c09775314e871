/** One client connection as the code that answers requests sees it: reply, park, write, close. */
@NullMarked
package dev.ringback.gateway.connection;

import org.jspecify.annotations.NullMarked;
