/** How clients come back after all of them have lost their connections at once. */
@NullMarked
package dev.ringback.loadtest.recovery;

import org.jspecify.annotations.NullMarked;
