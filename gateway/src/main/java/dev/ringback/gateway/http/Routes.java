package dev.ringback.gateway.http;

import static io.netty.handler.codec.http.HttpMethod.GET;
import static io.netty.handler.codec.http.HttpMethod.HEAD;
import static io.netty.handler.codec.http.HttpMethod.OPTIONS;

import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint answers at which path. The first pattern that matches counts; {@code *} stands for any one part. Who answers GET
 * answers HEAD too.
 */
final class Routes {
    /** A path, and who answers which method there. */
    private record Route(List<String> pattern, Map<String, Endpoint> endpoints) {
        boolean matches(List<String> segments) {
            if (segments.size() != pattern.size()) {
                return false;
            }
            for (int i = 0; i < pattern.size(); i++) {
                if (!pattern.get(i).equals("*") && !pattern.get(i).equals(segments.get(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    private final List<Route> routes = new ArrayList<>();

    /**
     * Routes in the order of the map.
     *
     * @param options answers OPTIONS at a path with these methods; null for nobody
     */
    Routes(Map<String, Map<HttpMethod, Endpoint>> paths, @Nullable Function<String, Endpoint> options) {
        paths.forEach((path, endpoints) -> routes.add(route(path, endpoints, options)));
    }

    private static Route route(
            String path, Map<HttpMethod, Endpoint> endpoints, @Nullable Function<String, Endpoint> options) {
        List<String> pattern = path.isEmpty() ? List.of() : List.of(path.split("/"));
        Map<String, Endpoint> byName = new TreeMap<>();
        endpoints.forEach((method, endpoint) -> byName.put(method.name(), endpoint));
        if (endpoints.containsKey(GET)) {
            byName.put(HEAD.name(), endpoints.get(GET));
        }
        if (options != null) {
            SortedSet<String> allowed = new TreeSet<>(byName.keySet());
            allowed.add(OPTIONS.name());
            byName.put(OPTIONS.name(), options.apply(String.join(", ", allowed)));
        }
        return new Route(pattern, byName);
    }

    /** The methods of each path. */
    Map<String, Set<String>> methods() {
        Map<String, Set<String>> methods = new TreeMap<>();
        routes.forEach(route -> methods.put(
                "/" + String.join("/", route.pattern()), route.endpoints().keySet()));
        return methods;
    }

    /**
     * Who answers.
     *
     * @throws Rejection 404 where there is no such path, 405 where it has no such method
     */
    Endpoint find(Request request) {
        for (Route route : routes) {
            if (route.matches(request.segments())) {
                Endpoint endpoint = route.endpoints().get(request.method().name());
                if (endpoint == null) {
                    throw new Rejection(Router.methodNotAllowed(
                            String.join(", ", route.endpoints().keySet())));
                }
                return endpoint;
            }
        }
        throw Rejection.of(404, "no-such-route", "Not found", "nothing is served at this path");
    }
}
