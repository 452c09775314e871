/** The servers that load is put on: how each is spoken to, started and looked at. */
@NullMarked
package dev.ringback.loadtest.server;

import org.jspecify.annotations.NullMarked;
