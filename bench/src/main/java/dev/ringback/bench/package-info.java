/** The benchmarks' command line and what they share; each benchmark lies in the package of the class that it measures. */
@NullMarked
package dev.ringback.bench;

import org.jspecify.annotations.NullMarked;
