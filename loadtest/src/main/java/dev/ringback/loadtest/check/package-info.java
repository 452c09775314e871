/** Judges what clients heard of jobs against what workers wrote and what the store kept. */
@NullMarked
package dev.ringback.loadtest.check;

import org.jspecify.annotations.NullMarked;
