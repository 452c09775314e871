/** What a run found, as files, as a page, as a table on the terminal, and beside other runs. */
@NullMarked
package dev.ringback.loadtest.report;

import org.jspecify.annotations.NullMarked;
