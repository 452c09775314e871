/** The least that a server can do: what every delivery costs at the very least. */
@NullMarked
package dev.ringback.loadtest.floor;

import org.jspecify.annotations.NullMarked;
