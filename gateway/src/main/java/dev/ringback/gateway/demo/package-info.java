/** The built-in worker of the demo page. */
@NullMarked
package dev.ringback.gateway.demo;

import org.jspecify.annotations.NullMarked;
