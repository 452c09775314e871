/** What the gateway can't carry: how that is noticed and counted, and when those come back who were turned away. */
@org.jspecify.annotations.NullMarked
package dev.ringback.gateway.overload;
