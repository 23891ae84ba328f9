package dev.lastgood.config;

import dev.lastgood.config.Shape.KeyShape;
import dev.lastgood.config.Shape.Part;
import dev.lastgood.provider.PlatformKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The JSON Schema of `lastgood.yaml`, for completion in editors. It follows the same shapes as the
/// binder; what only the loader can know (names, conditions, circles) is not in it.
public final class JsonSchema {
  private static final List<String> SCALAR = List.of("string", "number", "boolean");

  private final Shapes shapes;

  /// Each record once, by name.
  private final Map<String, Object> definitions = new TreeMap<>();

  private final Map<String, Class<?>> definedBy = new TreeMap<>();

  private JsonSchema(Shapes shapes) {
    this.shapes = shapes;
  }

  /// @param kinds every platform that `platform:` may name
  /// @return JSON, indented, the same for the same records
  public static String of(List<PlatformKind<?>> kinds) {
    var shapes = new Shapes(kinds);
    var schema = new JsonSchema(shapes);
    var root = new LinkedHashMap<String, Object>();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "lastgood.yaml");
    root.putAll(schema.object(shapes.part(Form.class), Map.of()));
    root.put("$defs", schema.definitions);
    return JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(root)
            .replace("\r\n", "\n")
        + "\n";
  }

  private Map<String, Object> schema(Shape shape) {
    return switch (shape) {
      case Shape.Words _ -> map("type", SCALAR);
      case Shape.FilePath _ -> map("type", "string", "minLength", 1);
      case Shape.Whole _ -> map("type", "integer");
      case Shape.Fraction _ ->
          any(map("type", "number"), map("type", "string", "pattern", "^[0-9.]+%$"));
      case Shape.YesNo _ -> map("enum", List.of(true, false, "yes", "no"));
      case Shape.Lasting _ -> map("type", "string", "pattern", "^([0-9]{1,9}(ms|s|m|h|d))+$");
      case Shape.Hidden(boolean mayBePlain) ->
          mayBePlain
              ? map("type", SCALAR)
              : map("type", "string", "pattern", "^$|\\$\\{(env|file):[^}]+\\}");
      case Shape.Cel _ -> map("type", List.of("string", "boolean"));
      case Shape.Choice choice -> map("enum", choice.options());
      case Shape.Many many -> many(many);
      case Shape.Named named -> named(named);
      case Part part -> part(part);
      case Shape.Variant variant -> variant(variant);
      case Shape.Component component -> component(component);
    };
  }

  private Map<String, Object> many(Shape.Many many) {
    Map<String, Object> array = map("type", "array", "items", schema(many.element()));
    if (many.set()) {
      array.put("uniqueItems", true);
    }
    return array;
  }

  private Map<String, Object> named(Shape.Named named) {
    Map<String, Object> object =
        map("type", "object", "additionalProperties", schema(named.value()));
    if (named.rule() != Shape.NameRule.ANY) {
      object.put("propertyNames", map("pattern", "^(" + named.rule().pattern() + ")$"));
    }
    return named.listed().isPresent()
        ? any(map("type", "array", "items", map("type", "string")), object)
        : object;
  }

  /// A reference to the definition, or the shorthand for it.
  private Map<String, Object> part(Part part) {
    Map<String, Object> reference = define(name(part.type()), part, Map.of());
    return part.shorthand().map(key -> any(shorthand(part, key), reference)).orElse(reference);
  }

  private Map<String, Object> shorthand(Part part, String key) {
    return part.keys().stream()
        .filter(candidate -> candidate.name().equals(key))
        .map(found -> schema(found.shape()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(part.type().getName() + " has no " + key));
  }

  private Map<String, Object> variant(Shape.Variant variant) {
    var cases = new ArrayList<Object>();
    for (Shape.Case one : variant.cases()) {
      variant
          .shorthand()
          .filter(one.mark()::equals)
          .ifPresent(key -> cases.add(shorthand(one.part(), key)));
      Map<String, Object> kind = variant.byKey() ? Map.of() : map("kind", map("const", one.mark()));
      cases.add(define(name(one.part().type()), one.part(), kind));
    }
    return map("oneOf", cases);
  }

  private Map<String, Object> component(Shape.Component component) {
    var cases = new ArrayList<Object>();
    for (PlatformKind<?> kind : component.kinds()) {
      Part part = Components.withOurs(shapes.part(kind.settings()));
      Map<String, Object> platform =
          map(
              Components.PLATFORM.name(),
              map("const", kind.name(), "description", Components.PLATFORM.doc()));
      cases.add(define("platform-" + kind.name(), part, platform));
    }
    return map("oneOf", cases);
  }

  /// @param marks properties that tell this record from its siblings; they are required
  private Map<String, Object> define(String name, Part part, Map<String, Object> marks) {
    Class<?> before = definedBy.putIfAbsent(name, part.type());
    if (before == null) {
      definitions.put(name, object(part, marks));
    } else if (before != part.type()) {
      throw new IllegalStateException(
          before.getName() + " and " + part.type().getName() + " have one name in the schema");
    }
    return map("$ref", "#/$defs/" + name);
  }

  private Map<String, Object> object(Part part, Map<String, Object> marks) {
    var properties = new LinkedHashMap<>(marks);
    var required = new ArrayList<>(marks.keySet());
    for (KeyShape key : part.keys()) {
      if (!marks.containsKey(key.name())) {
        properties.put(key.name(), property(key));
        if (key.required()) {
          required.add(key.name());
        }
      }
    }
    Map<String, Object> object = new LinkedHashMap<>();
    if (!part.doc().isEmpty()) {
      object.put("description", part.doc());
    }
    object.put("type", "object");
    object.put("properties", properties);
    if (!required.isEmpty()) {
      object.put("required", required);
    }
    object.put("additionalProperties", false);
    return object;
  }

  private Map<String, Object> property(KeyShape key) {
    Map<String, Object> shape = schema(key.shape());
    if (key.presence() == Shape.Presence.NOT_EMPTY) {
      shape.put(key.shape() instanceof Shape.Many ? "minItems" : "minProperties", 1);
    }
    Map<String, Object> property =
        key.absent().map(word -> any(map("const", word), shape)).orElse(shape);
    if (key.doc().isEmpty()) {
      return property;
    }
    var described = new LinkedHashMap<String, Object>();
    described.put("description", key.doc());
    described.putAll(property);
    return described;
  }

  /// `VerdictForm` is `verdict`, `NginxProxySettings` is `nginx-proxy`.
  private static String name(Class<?> type) {
    return Shapes.kebab(type.getSimpleName().replaceFirst("(Form|Settings)$", ""));
  }

  private static Map<String, Object> any(Object... alternatives) {
    return map("anyOf", List.of(alternatives));
  }

  private static Map<String, Object> map(String key, Object value) {
    var map = new LinkedHashMap<String, Object>();
    map.put(key, value);
    return map;
  }

  private static Map<String, Object> map(String key, Object value, String other, Object second) {
    Map<String, Object> map = map(key, value);
    map.put(other, second);
    return map;
  }
}
