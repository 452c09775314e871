package dev.ringback.loadtest.result;

/**
 * Where the run took place.
 *
 * @param server what is known of the server: its process and its JDK or version; empty where nothing is
 */
public record Machine(String cpu, int cores, String os, String generatorJdk, String server) {}
