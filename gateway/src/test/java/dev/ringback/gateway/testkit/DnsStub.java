package dev.ringback.gateway.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A name server that says what it was told to. Of a name that it does not know it says that it does not exist (RFC 1035).
 *
 * <p>Several {@link #answers} for one name are given one after another, each to one question for A and one for AAAA; the last is given
 * for ever.
 */
public final class DnsStub implements AutoCloseable {
    /**
     * What is said of a name.
     *
     * @param addresses IPv4 and IPv6, in any order
     * @param alias the name whose addresses they are; empty for the one that was asked for
     * @param ttlSeconds how long it may be believed
     */
    public record Zone(List<String> addresses, String alias, int ttlSeconds) {
        /** Addresses that may not be believed for longer than now. */
        public static Zone of(String... addresses) {
            return new Zone(List.of(addresses), "", 0);
        }

        public Zone as(String newAlias) {
            return new Zone(addresses, newAlias, ttlSeconds);
        }

        public Zone lasting(int seconds) {
            return new Zone(addresses, alias, seconds);
        }
    }

    private record Question(String name, int type, byte[] bytes) {}

    private static final int HEADER_BYTES = 12;
    private static final int ANSWER_FLAGS = 0x8580;
    private static final int NAME_OF_QUESTION = 0xC00C;
    private static final int INTERNET = 1;
    private static final Zone SILENCE = new Zone(List.of(), "silence", 0);

    private final DatagramSocket socket;
    private final Map<String, Deque<Zone>> zones = new ConcurrentHashMap<>();
    private final List<String> questions = new CopyOnWriteArrayList<>();

    public DnsStub() {
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::serve, "dns-stub");
        thread.setDaemon(true);
        thread.start();
    }

    /** As {@code webhook.name-servers} names it. */
    public String server() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    public DnsStub answers(String name, Zone... inTurn) {
        zones.put(name, new ArrayDeque<>(List.of(inTurn)));
        return this;
    }

    /** Says nothing of this name. */
    public DnsStub silentAbout(String name) {
        return answers(name, SILENCE);
    }

    /** Like {@code A receiver.test}, in the order in which they came. */
    public List<String> questions() {
        return List.copyOf(questions);
    }

    private void serve() {
        byte[] buffer = new byte[512];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
                if (answer.length > 0) {
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            }
        } catch (SocketException closed) {
            // It was closed.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty for none. */
    private byte[] answer(byte[] query) {
        Question question = question(query);
        questions.add(DnsRecordType.valueOf(question.type()).name() + " " + question.name());
        Zone zone = zone(question);
        if (SILENCE.equals(zone)) {
            return new byte[0];
        }
        List<byte[]> records = zone == null ? List.of() : records(zone, question.type());
        DnsResponseCode code = zone == null ? DnsResponseCode.NXDOMAIN : DnsResponseCode.NOERROR;
        ByteBuf answer = Unpooled.buffer();
        answer.writeBytes(query, 0, 2).writeShort(ANSWER_FLAGS | code.intValue());
        answer.writeShort(1).writeShort(records.size()).writeInt(0).writeBytes(question.bytes());
        records.forEach(answer::writeBytes);
        byte[] bytes = new byte[answer.readableBytes()];
        answer.readBytes(bytes);
        return bytes;
    }

    /** The first of several is used up when it was asked for IPv6, which comes second. */
    private @Nullable Zone zone(Question question) {
        Deque<Zone> inTurn = zones.get(question.name());
        if (inTurn == null) {
            return null;
        }
        boolean isLastOfTwo = question.type() == DnsRecordType.AAAA.intValue();
        return isLastOfTwo && inTurn.size() > 1 ? inTurn.removeFirst() : inTurn.getFirst();
    }

    private static Question question(byte[] query) {
        StringBuilder name = new StringBuilder();
        int at = HEADER_BYTES;
        while (query[at] != 0) {
            name.append(name.isEmpty() ? "" : ".").append(new String(query, at + 1, query[at], US_ASCII));
            at += query[at] + 1;
        }
        int type = (query[at + 1] & 0xFF) << 8 | query[at + 2] & 0xFF;
        return new Question(name.toString(), type, Arrays.copyOfRange(query, HEADER_BYTES, at + 5));
    }

    private static List<byte[]> records(Zone zone, int type) {
        List<byte[]> records = new ArrayList<>();
        boolean isAlias = !zone.alias().isEmpty();
        byte[] alias = name(zone.alias());
        byte[] asked = {(byte) (NAME_OF_QUESTION >> 8), (byte) NAME_OF_QUESTION};
        if (isAlias) {
            records.add(record(asked, DnsRecordType.CNAME.intValue(), zone.ttlSeconds(), alias));
        }
        for (String address : zone.addresses()) {
            boolean isV6 = address.contains(":");
            if (type == (isV6 ? DnsRecordType.AAAA : DnsRecordType.A).intValue()) {
                byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
                records.add(record(isAlias ? alias : asked, type, zone.ttlSeconds(), bytes));
            }
        }
        return records;
    }

    private static byte[] record(byte[] name, int type, int ttlSeconds, byte[] data) {
        byte[] bytes = new byte[name.length + 10 + data.length];
        ByteBuf record = Unpooled.wrappedBuffer(bytes).clear();
        record.writeBytes(name).writeShort(type).writeShort(INTERNET).writeInt(ttlSeconds);
        record.writeShort(data.length).writeBytes(data);
        return bytes;
    }

    private static byte[] name(String name) {
        ByteBuf labels = Unpooled.buffer();
        for (String label : name.split("\\.")) {
            labels.writeByte(label.length()).writeCharSequence(label, US_ASCII);
        }
        byte[] bytes = new byte[labels.readableBytes() + 1];
        labels.readBytes(bytes, 0, bytes.length - 1);
        return bytes;
    }

    @Override
    public void close() {
        socket.close();
    }
}
