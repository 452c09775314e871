/** What taking in jobs costs, on each kind of store. */
@org.jspecify.annotations.NullMarked
package dev.ringback.loadtest.submit;
