package dev.ringback.gateway.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The default and the allowed values of one configuration key, in the syntax of the YAML file. The type of the record
 * component decides what else may be said: numbers, sizes (components named {@code …Bytes}) and durations have
 * {@link #min()} and {@link #max()}, both inclusive; texts have {@link #oneOf()} or {@link #format()}.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
@interface Setting {

    /** The default, as it would stand in the file; empty for an empty list. */
    String value();

    /** The smallest allowed number, size or duration. */
    String min() default "";

    /** The largest allowed number, size or duration. */
    String max() default "";

    /** The allowed texts, or those constants of an enum that are available yet; empty for all. */
    String[] oneOf() default {};

    /** What a text, or each entry of a list, must look like. */
    Format format() default Format.PLAIN;
}
