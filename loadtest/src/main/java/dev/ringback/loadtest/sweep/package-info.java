/** What reading waited jobs again costs the store. */
@NullMarked
package dev.ringback.loadtest.sweep;

import org.jspecify.annotations.NullMarked;
