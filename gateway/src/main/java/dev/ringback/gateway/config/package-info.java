/**
 * What an operator sets: one record per concern, and {@link dev.ringback.gateway.config.ConfigLoader} that fills them
 * from a YAML file, the environment and the command line.
 *
 * <p>A key is a record component: its name gives the key ({@code longPoll.maxWait} is {@code long-poll.max-wait}), its
 * type gives the syntax, and its {@link dev.ringback.gateway.config.Setting} gives the default and the range. To add a
 * key, add a component and its lines in {@code config/gateway.yaml}.
 */
@NullMarked
package dev.ringback.gateway.config;

import org.jspecify.annotations.NullMarked;
