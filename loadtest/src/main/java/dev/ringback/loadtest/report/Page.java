package dev.ringback.loadtest.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;

/** The shell of a page: its head, the style sheet within it, and the body that others write. */
final class Page {
    /** So that a browser, too, holds the page to needing nothing else. */
    private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'";

    private final String title;
    private final Markup body = new Markup();

    Page(String title) {
        this.title = title;
    }

    Markup body() {
        return body;
    }

    String html() throws IOException {
        Markup page = new Markup().ready("<!DOCTYPE html>\n");
        page.open("html", "lang", "en", "xmlns", "http://www.w3.org/1999/xhtml").open("head");
        page.empty("meta", "charset", "utf-8");
        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        page.empty("meta", "http-equiv", "Content-Security-Policy", "content", POLICY);
        page.element("title", title);
        page.open("style").ready(styleSheet()).close("style").close("head");
        page.open("body").ready(body.toString()).close("body").close("html");
        return page.toString();
    }

    private static String styleSheet() throws IOException {
        try (InputStream css = Page.class.getResourceAsStream("report.css")) {
            if (css == null) {
                throw new FileNotFoundException("report.css is not beside " + Page.class);
            }
            return new String(css.readAllBytes(), UTF_8);
        }
    }
}
