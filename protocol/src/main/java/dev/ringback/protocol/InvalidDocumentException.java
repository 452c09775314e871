package dev.ringback.protocol;

/** A document that is not what its place requires; the message says which member is wrong and what is allowed. */
public final class InvalidDocumentException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String detail;

    public InvalidDocumentException(String detail) {
        super(detail, null, false, false);
        this.detail = detail;
    }

    /** What is wrong, in words for whoever wrote the document. */
    public String detail() {
        return detail;
    }
}
