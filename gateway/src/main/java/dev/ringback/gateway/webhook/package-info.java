/** The server calls: events of jobs go to the URLs that callers gave. */
@NullMarked
package dev.ringback.gateway.webhook;

import org.jspecify.annotations.NullMarked;
