/** Whether a server, once everyone has left, holds what it held before they came. */
@NullMarked
package dev.ringback.loadtest.soak;

import org.jspecify.annotations.NullMarked;
