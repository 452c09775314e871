/** Results that workers upload as bytes of any media type: where the bytes lie. */
@NullMarked
package dev.ringback.gateway.results;

import org.jspecify.annotations.NullMarked;
