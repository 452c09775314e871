/** A whole run: a server, a crowd, a publisher, and what came of it. */
@NullMarked
package dev.ringback.loadtest.run;

import org.jspecify.annotations.NullMarked;
