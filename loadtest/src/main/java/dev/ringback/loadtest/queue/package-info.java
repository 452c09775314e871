/** What it costs to have jobs done by workers that lease them: from the submission to the client that hears of the end. */
@NullMarked
package dev.ringback.loadtest.queue;

import org.jspecify.annotations.NullMarked;
