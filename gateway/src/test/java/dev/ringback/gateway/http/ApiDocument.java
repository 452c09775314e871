package dev.ringback.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code docs/openapi.yaml} as a judge of answers: do operation, status, headers, media type and body stand there? */
final class ApiDocument {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
    private static final String DEFAULT = "default";
    private static final String PROBLEM = "application/problem+json";
    /** What the introduction says of every answer. */
    private static final Set<String> OF_EVERY_ANSWER = Set.of(
            "date",
            "connection",
            "cache-control",
            "content-length",
            "content-type",
            "vary",
            "x-correlation-id",
            "traceparent",
            "access-control-allow-origin",
            "access-control-expose-headers");

    private final ApiSchemas schemas = ApiSchemas.openApi();
    private final JsonNode root = schemas.root();

    /**
     * How the document sees an answer.
     *
     * @param place the operation and the status, or {@code default}, under which it stands
     * @param code of the problem; null where it is none
     * @param errors what does not fit; empty where all does
     */
    record Verdict(String place, @Nullable String code, List<String> errors) {}

    /** The methods of each path, {@code *} standing for a parameter. */
    Map<String, Set<String>> routes() {
        Map<String, Set<String>> routes = new TreeMap<>();
        root.get("paths").properties().forEach(path -> {
            Set<String> methods = routes.computeIfAbsent(starred(path.getKey()), key -> new TreeSet<>());
            path.getValue().fieldNames().forEachRemaining(name -> {
                if (METHODS.contains(name)) {
                    methods.add(name.toUpperCase(Locale.ROOT));
                }
            });
        });
        return routes;
    }

    private static String starred(String path) {
        return path.replaceAll("\\{\\w+}", "*");
    }

    /** Each operation with each of its statuses, as {@code GET /jobs/* 200}. */
    Set<String> places() {
        Set<String> places = new TreeSet<>();
        routes().forEach((path, methods) -> methods.forEach(method -> {
            String operation = method + " " + path;
            responses(operation).fieldNames().forEachRemaining(status -> {
                if (!status.equals(DEFAULT)) {
                    places.add(operation + " " + status);
                }
            });
        }));
        return places;
    }

    /** Every code of a problem that stands anywhere. */
    Set<String> codes() {
        Set<String> codes = new TreeSet<>();
        for (JsonNode listed : root.findValues("enum")) {
            listed.forEach(value -> {
                if (value.asText().startsWith("urn:ringback:problem:")) {
                    codes.add(value.asText());
                }
            });
        }
        return codes;
    }

    private JsonNode responses(String operation) {
        String[] parts = operation.split(" ");
        for (Map.Entry<String, JsonNode> path : root.get("paths").properties()) {
            if (starred(path.getKey()).equals(parts[1])) {
                return path.getValue().path(parts[0].toLowerCase(Locale.ROOT)).path("responses");
            }
        }
        return root.path("nowhere");
    }

    /** Judges the answer to a request, which is given by its first line. */
    Verdict judge(String requestLine, Answer answer) {
        String method = requestLine.split(" ")[0];
        String path = starredIds(requestLine.split(" ")[1].split("\\?")[0]);
        boolean head = method.equals("HEAD");
        String operation = (head ? "GET" : method) + " " + path;
        String code = isProblem(answer) && !head ? answer.json().path("type").textValue() : null;
        JsonNode own = responses(operation).path(String.valueOf(answer.status()));
        List<String> errors = List.of("the document has no such status");
        if (!own.isMissingNode()) {
            errors = errors(schemas.resolved(own), answer, head);
            if (errors.isEmpty()) {
                return new Verdict(operation + " " + answer.status(), code, errors);
            }
        }
        JsonNode any = root.at("/components/responses/AnyRequest");
        List<String> errorsOfAny = isProblem(answer) ? errors(any, answer, head) : List.of("no problem");
        return new Verdict(operation + " " + DEFAULT, code, errorsOfAny.isEmpty() ? errorsOfAny : errors);
    }

    private static String starredIds(String path) {
        return path.replaceFirst("^/jobs/[^/]+", "/jobs/*")
                .replaceFirst("^/webhooks/deliveries/(?!redeliver$)[^/]+", "/webhooks/deliveries/*")
                .replaceFirst("^/webhooks/(?!deliveries|secret$)[^/]+", "/webhooks/*")
                .replaceFirst("^/queues/[^/]+", "/queues/*")
                .replaceFirst("^(/queues/\\*/dead)/(?!replay$)[^/]+", "$1/*");
    }

    private static boolean isProblem(Answer answer) {
        return answer.headers().getOrDefault("content-type", List.of()).contains(PROBLEM);
    }

    private List<String> errors(JsonNode response, Answer answer, boolean head) {
        List<String> errors = new ArrayList<>();
        Set<String> known = new TreeSet<>(OF_EVERY_ANSWER);
        response.path("headers").properties().forEach(header -> {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            known.add(name);
            checkHeader(name, schemas.resolved(header.getValue()), answer, errors);
        });
        answer.headers().keySet().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> errors.add("the document has no header " + name));
        if (!head) {
            checkBody(response.path("content"), answer, errors);
        }
        return errors;
    }

    private void checkHeader(String name, JsonNode header, Answer answer, List<String> errors) {
        List<String> values = answer.headers().getOrDefault(name, List.of());
        if (values.isEmpty() && header.path("required").booleanValue()) {
            errors.add("the header " + name + " is not there");
        }
        for (String value : values) {
            schemas.errors(header.get("schema"), TextNode.valueOf(value))
                    .forEach(error -> errors.add(name + ": " + value + ": " + error));
        }
    }

    private void checkBody(JsonNode content, Answer answer, List<String> errors) {
        String type = answer.header("Content-Type").split(";")[0];
        if (content.isMissingNode()) {
            if (!type.isEmpty() || answer.body().length > 0) {
                errors.add("the document has no content");
            }
            return;
        }
        JsonNode media = content.has(type) ? content.get(type) : content.path("*/*");
        if (media.isMissingNode()) {
            errors.add("the document has no content of type " + type);
        } else if (type.endsWith("json")) {
            errors.addAll(schemas.errors(media.get("schema"), answer.json()));
        }
        if (type.equals(PROBLEM) && answer.json().path("status").intValue() != answer.status()) {
            errors.add("the problem's status is another");
        }
    }
}
