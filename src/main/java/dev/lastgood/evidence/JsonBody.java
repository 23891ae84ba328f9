package dev.lastgood.evidence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// A JSON text as plain values. Read token by token: binding to classes costs a fresh process more
/// than the whole check.
final class JsonBody {
  private static final int DEEPEST = 100;

  private JsonBody() {}

  private static final class Factory {
    // The same key twice is two answers; which one counts is anybody's guess, so it counts as none.
    private static final JsonFactory JSON =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  }

  /// Maps, lists, texts, numbers, booleans, and null inside maps and lists. Empty when it is not
  /// exactly one JSON value, or that value is null.
  static Optional<Object> parse(String text) {
    try (JsonParser json = Factory.JSON.createParser(ObjectReadContext.empty(), text)) {
      if (json.nextToken() == null) {
        return Optional.empty();
      }
      Object value = value(json, 0);
      return json.nextToken() == null ? Optional.ofNullable(value) : Optional.empty();
    } catch (JacksonException | TooDeep e) {
      return Optional.empty();
    }
  }

  private static final class TooDeep extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static @Nullable Object value(JsonParser json, int depth) {
    if (depth > DEEPEST) {
      throw new TooDeep();
    }
    return switch (json.currentToken()) {
      case START_OBJECT -> object(json, depth);
      case START_ARRAY -> array(json, depth);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_STRING -> json.getString();
      case VALUE_NUMBER_INT -> whole(json.getNumberValue());
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      default -> null;
    };
  }

  private static Number whole(Number number) {
    return number instanceof Integer small ? Long.valueOf(small) : number;
  }

  private static Map<String, @Nullable Object> object(JsonParser json, int depth) {
    var object = new LinkedHashMap<String, @Nullable Object>();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      object.put(name, value(json, depth + 1));
    }
    return object;
  }

  private static List<@Nullable Object> array(JsonParser json, int depth) {
    var array = new ArrayList<@Nullable Object>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(json, depth + 1));
    }
    return array;
  }

  /// The value at a dotted path: keys of objects, numbers for places in lists (from 0). A key that
  /// has dots itself is found too. An empty path is the whole value. Null is no value.
  static Optional<Object> at(Object value, String path) {
    if (path.isEmpty() || path.equals(".")) {
      return Optional.of(value);
    }
    if (value instanceof Map<?, ?> object && object.containsKey(path)) {
      return Optional.ofNullable(object.get(path));
    }
    int dot = path.indexOf('.');
    String head = dot < 0 ? path : path.substring(0, dot);
    String rest = dot < 0 ? "" : path.substring(dot + 1);
    return step(value, head).flatMap(next -> at(next, rest));
  }

  private static Optional<Object> step(Object value, String key) {
    return switch (value) {
      case Map<?, ?> object -> Optional.ofNullable(object.get(key));
      case List<?> list when key.length() < 7 && key.chars().allMatch(c -> c >= '0' && c <= '9') ->
          key.isEmpty() || Integer.parseInt(key) >= list.size()
              ? Optional.empty()
              : Optional.ofNullable(list.get(Integer.parseInt(key)));
      default -> Optional.empty();
    };
  }

  /// A single value as text; empty for objects and lists, which are no word and no version.
  static Optional<String> word(Object value) {
    return switch (value) {
      case String text -> Optional.of(text);
      case Boolean flag -> Optional.of(flag.toString());
      case Number number -> Optional.of(number.toString());
      default -> Optional.empty();
    };
  }
}
