/** Requests: routing, one class per endpoint, and what refuses them. */
@NullMarked
package dev.ringback.gateway.http;

import org.jspecify.annotations.NullMarked;
