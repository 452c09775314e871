package dev.ringback.gateway.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a file as UTF-8 text of at most 1 MiB. */
final class FileText {

    private static final int MAX_BYTES = 1024 * 1024;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private FileText() {}

    /** How messages call a file: its name without its directory. */
    static String nameOf(Path file) {
        Path name = file.getFileName();
        return Redaction.plain(name == null ? file.toString() : name.toString());
    }

    /** The text, or null after the problems got a line. */
    static @Nullable String read(Path file, Problems problems) {
        String name = Redaction.plain(file.toString());
        if (Files.isDirectory(file)) {
            problems.add(name + ": is a directory, not a file");
            return null;
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                problems.add(nameOf(file) + ": larger than 1MiB");
                return null;
            }
            return decode(bytes, nameOf(file), problems);
        } catch (NoSuchFileException missing) {
            problems.add(name + ": no such file");
        } catch (AccessDeniedException denied) {
            problems.add(name + ": may not be read by this user");
        } catch (IOException unreadable) {
            problems.add(name + ": cannot be read: " + Redaction.plain(String.valueOf(unreadable.getMessage())));
        }
        return null;
    }

    private static @Nullable String decode(byte[] bytes, String name, Problems problems) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports what is malformed
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            CharBuffer text = decoder.decode(in);
            boolean isMarked = text.hasRemaining() && text.charAt(0) == BYTE_ORDER_MARK;
            return text.toString().substring(isMarked ? 1 : 0);
        } catch (CharacterCodingException malformed) {
            int line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            int culprit = Byte.toUnsignedInt(bytes[Math.min(in.position(), bytes.length - 1)]);
            problems.add(String.format(Locale.ROOT, "%s:%d: not UTF-8 (byte 0x%02X)", name, line, culprit));
            return null;
        }
    }
}
