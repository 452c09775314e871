/** What a run of the load harness found: plain records that are written as JSON and read back. */
@NullMarked
package dev.ringback.loadtest.result;

import org.jspecify.annotations.NullMarked;
