package dev.ringback.loadtest.check;

import java.util.List;

/**
 * What a history was found to be.
 *
 * @param violations one sentence each; empty where every promise was kept
 */
public record Report(List<String> violations, Stats stats) {}
