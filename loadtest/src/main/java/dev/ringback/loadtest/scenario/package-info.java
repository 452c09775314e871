/** What a run does, read from files. */
@NullMarked
package dev.ringback.loadtest.scenario;

import org.jspecify.annotations.NullMarked;
