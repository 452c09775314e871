package dev.ringback.gateway.webhook.client;

import dev.ringback.gateway.config.WebhookConfig;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DefaultDnsCnameCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** The addresses of receivers' names. Any thread may ask; answers come on the loop of whoever asks. */
final class Names implements AutoCloseable {
    /** An answer is believed no longer than this, whatever it says. */
    private static final int MAX_TTL_SECONDS = 60;
    /** After so long the next name server is asked. */
    private static final long SERVER_MILLIS = 2_000;

    private static final int DNS_PORT = 53;

    private final DnsNameResolver resolver;

    Names(EventLoop loop, WebhookClient.Network network, WebhookConfig config) {
        resolver = new DnsNameResolverBuilder(loop)
                .datagramChannelType(network.datagrams())
                // For answers that are too long for a datagram.
                .socketChannelType(network.sockets())
                // Each question from a port of its own: it is harder to answer in the name server's name.
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .nameServerProvider(
                        config.nameServers().isEmpty()
                                ? DnsServerAddressStreamProviders.platformDefault()
                                : new SequentialDnsServerAddressStreamProvider(config.nameServers().stream()
                                        .map(Names::server)
                                        .toList()))
                .queryTimeoutMillis(SERVER_MILLIS)
                .resolveCache(new KeptAddresses())
                .cnameCache(new DefaultDnsCnameCache(0, MAX_TTL_SECONDS))
                // All addresses, because one that is not permitted denies the name.
                .resolvedAddressTypes(ResolvedAddressTypes.IPV4_PREFERRED)
                .completeOncePreferredResolved(false)
                .searchDomains(List.of())
                .build();
    }

    /** Reads {@code 10.0.0.2}, {@code 10.0.0.2:53}, {@code fd00::1} and {@code [fd00::1]:53}; configuration checks it before. */
    private static InetSocketAddress server(String text) {
        int colon = text.lastIndexOf(':');
        boolean isBare = colon < 0 || text.indexOf(':') < colon && !text.startsWith("[");
        String address = isBare ? text : text.substring(0, colon);
        return new InetSocketAddress(
                AddressRange.literal(address), isBare ? DNS_PORT : Integer.parseInt(text.substring(colon + 1)));
    }

    /** Netty would keep even what may not be kept, until its loop finds the time to forget it. */
    private static final class KeptAddresses extends DefaultDnsCache {
        KeptAddresses() {
            super(0, MAX_TTL_SECONDS, 0);
        }

        @Override
        public DnsCacheEntry cache(
                String host, DnsRecord[] additionals, InetAddress address, long ttlSeconds, EventLoop loop) {
            return ttlSeconds > 0
                    ? super.cache(host, additionals, address, ttlSeconds, loop)
                    : NoopDnsCache.INSTANCE.cache(host, additionals, address, ttlSeconds, loop);
        }
    }

    /** All addresses of a URL's host, IPv4 first. */
    Future<List<InetAddress>> addresses(String host, EventLoop asking) {
        InetAddress literal = UrlPolicy.literal(host);
        if (literal != null) {
            return asking.newSucceededFuture(List.of(literal));
        }
        Promise<List<InetAddress>> addresses = asking.newPromise();
        return resolver.resolveAll(host, List.of(), addresses);
    }

    @Override
    public void close() {
        resolver.close();
    }
}
