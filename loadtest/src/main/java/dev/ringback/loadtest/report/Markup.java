package dev.ringback.loadtest.report;

import java.util.List;

/**
 * A page being written: XHTML that is HTML too, so that any parser can check it. What comes from a result goes in through
 * {@link #text} and attribute values only, which escape.
 */
final class Markup {
    private final StringBuilder out = new StringBuilder(1 << 16);

    /** Opens an element; attributes are name and value in turn. */
    Markup open(String element, String... attributes) {
        out.append('<').append(element);
        attributes(attributes);
        out.append('>');
        return this;
    }

    Markup close(String element) {
        out.append("</").append(element).append(">\n");
        return this;
    }

    /** An element without content. */
    Markup empty(String element, String... attributes) {
        out.append('<').append(element);
        attributes(attributes);
        out.append("/>\n");
        return this;
    }

    /** An element that holds text only. */
    Markup element(String element, String text, String... attributes) {
        return open(element, attributes).text(text).close(element);
    }

    private void attributes(String... attributes) {
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]).append("=\"");
            text(attributes[i + 1]);
            out.append('"');
        }
    }

    Markup text(String text) {
        text.codePoints().forEach(this::character);
        return this;
    }

    /** Text of our own that is markup already. */
    Markup ready(String markup) {
        out.append(markup);
        return this;
    }

    private void character(int c) {
        switch (c) {
            case '<' -> out.append("&lt;");
            case '>' -> out.append("&gt;");
            case '&' -> out.append("&amp;");
            case '"' -> out.append("&quot;");
            case '\'' -> out.append("&#39;");
            default -> out.appendCodePoint(isAllowed(c) ? c : 0xFFFD);
        }
    }

    /** XML 1.0, section 2.2, without the controls that HTML does not want either. */
    private static boolean isAllowed(int c) {
        boolean control = (c < ' ' && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c < 0xA0);
        boolean surrogate = c >= 0xD800 && c <= 0xDFFF;
        return !control && !surrogate && (c & 0xFFFE) != 0xFFFE;
    }

    /** A table with a head; the first cell of each row names it. It scrolls by itself where it is too wide. */
    Markup table(String caption, List<String> head, List<List<String>> rows) {
        open("div", "class", "wide", "tabindex", "0", "role", "region", "aria-label", caption);
        open("table").element("caption", caption).open("thead").open("tr");
        head.forEach(cell -> element("th", cell, "scope", "col"));
        close("tr").close("thead").open("tbody");
        for (List<String> row : rows) {
            open("tr").element("th", row.get(0), "scope", "row");
            row.subList(1, row.size()).forEach(cell -> element("td", cell));
            close("tr");
        }
        return close("tbody").close("table").close("div");
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
