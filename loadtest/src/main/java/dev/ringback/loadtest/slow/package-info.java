/** What clients that do not read cost those who do. */
@NullMarked
package dev.ringback.loadtest.slow;

import org.jspecify.annotations.NullMarked;
