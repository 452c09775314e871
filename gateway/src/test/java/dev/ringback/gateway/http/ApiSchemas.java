package dev.ringback.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** The two documents that describe the wire, {@code docs/openapi.yaml} and {@code docs/asyncapi.yaml}, and their schemas (JSON Schema 2020-12). */
final class ApiSchemas {
    static final Path OPEN_API = Path.of("..", "docs", "openapi.yaml");
    static final Path ASYNC_API = Path.of("..", "docs", "asyncapi.yaml");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BASE = "https://docs.example/";

    private final JsonNode root;
    private final SchemaRegistry registry;
    private final Map<JsonNode, Schema> compiled = new HashMap<>();

    private ApiSchemas(Path document) {
        root = read(document);
        registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(
                        Map.of(BASE + OPEN_API.getFileName(), read(OPEN_API).toString())));
    }

    static ApiSchemas openApi() {
        return new ApiSchemas(OPEN_API);
    }

    static ApiSchemas asyncApi() {
        return new ApiSchemas(ASYNC_API);
    }

    private static JsonNode read(Path document) {
        try {
            Object tree = new Yaml().load(Files.readString(document));
            return JSON.valueToTree(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode root() {
        return root;
    }

    /** The node, or what its {@code $ref} into this document names. */
    JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? resolved(root.at(node.get("$ref").textValue().substring(1))) : node;
    }

    /**
     * What is wrong with the value; empty where nothing is. Members that the schema does not name are wrong, because the document is to
     * name all that is sent, although clients must bear more.
     */
    List<String> errors(JsonNode schema, JsonNode value) {
        boolean closes = Stream.of("$ref", "allOf", "anyOf", "properties").anyMatch(schema::has);
        Schema ready = compiled.computeIfAbsent(schema, unknown -> compile((ObjectNode) unknown, closes));
        return ready.validate(value).stream().map(Error::toString).toList();
    }

    /** The schema as a document of its own, with the components that it may refer to. */
    private Schema compile(ObjectNode schema, boolean closes) {
        ObjectNode alone = schema.objectNode();
        alone.put("$id", BASE + "part-" + compiled.size());
        alone.setAll(schema);
        alone.set("components", root.get("components"));
        if (closes) {
            alone.put("unevaluatedProperties", false);
        }
        return registry.getSchema(alone);
    }
}
