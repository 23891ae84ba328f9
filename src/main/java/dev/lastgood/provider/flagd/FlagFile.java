package dev.lastgood.provider.flagd;

import dev.lastgood.model.Names;
import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The text of a flag file, with the places where one flag and its parts stand in it, so that these
/// can be changed and every other byte stays.
///
/// @param flag where its definition stands
/// @param parts where the values of its keys stand
record FlagFile(String text, Span flag, SortedMap<String, Span> parts) {
  /// @param from the first character
  /// @param to the one after the last
  record Span(int from, int to) {
    String of(String text) {
      return text.substring(from, to);
    }
  }

  /// Only whoever has a flag of flagd pays for it.
  private static final class Json {
    static final JsonMapper STRICT =
        JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
  }

  /// @param name of the file, for people
  /// @throws PlatformUnreachable if it is no flag file in JSON, or has no such flag
  static FlagFile of(byte[] content, String name, String flag) throws PlatformUnreachable {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new PlatformUnreachable(name + " is no UTF-8 text", e);
    }
    JsonNode tree = tree(text, name);
    if (!tree.path("flags").isObject()) {
      throw new PlatformUnreachable(name + " has no `flags`: it is no flag file of flagd");
    }
    if (!tree.path("flags").path(flag).isObject()) {
      throw new PlatformUnreachable(
          name
              + " has no flag `"
              + flag
              + "`"
              + Names.hint(flag, tree.path("flags").propertyNames()));
    }
    try (JsonParser parser = Json.STRICT.createParser(text)) {
      parser.nextToken();
      enter(parser, "flags");
      enter(parser, flag);
      int from = begin(parser);
      var parts = new TreeMap<String, Span>();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        int begins = begin(parser);
        parts.put(key, new Span(begins, end(parser)));
      }
      return new FlagFile(text, new Span(from, end(parser)), parts);
    } catch (JacksonException e) {
      throw new PlatformUnreachable(name + " is no JSON", e);
    }
  }

  static JsonNode tree(String text, String name) throws PlatformUnreachable {
    try {
      return Json.STRICT.readTree(text);
    } catch (JacksonException e) {
      throw new PlatformUnreachable(
          name
              + " is no JSON that can be changed surely: "
              + Text.clip(Text.plain(String.valueOf(e.getOriginalMessage())), 200)
              + " (YAML and keys that stand there twice are not changed)",
          e);
    }
  }

  /// From the begin of an object to the value of that key.
  private static void enter(JsonParser parser, String key) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean found = parser.currentName().equals(key);
      parser.nextToken();
      if (found) {
        return;
      }
      parser.skipChildren();
    }
    throw new IllegalStateException("the tree has " + key + " and the stream has not");
  }

  private static int begin(JsonParser parser) {
    return (int) parser.currentTokenLocation().getCharOffset();
  }

  private static int end(JsonParser parser) {
    parser.skipChildren();
    // A text is only read to its end when it is asked for.
    parser.getString();
    return (int) parser.currentLocation().getCharOffset();
  }

  /// The definition, word for word.
  String definition() {
    return flag.of(text);
  }

  Optional<String> part(String key) {
    return Optional.ofNullable(parts.get(key)).map(s -> s.of(text));
  }

  /// The definition with other values for these keys; those it does not have are put behind
  /// `state`.
  ///
  /// @param values JSON, by key
  String with(SortedMap<String, String> values) {
    List<Span> places = new ArrayList<>();
    List<String> put = new ArrayList<>();
    Span state = parts.get("state");
    values.forEach((key, value) -> {
      Span place = parts.get(key);
      if (place != null) {
        places.add(place);
        put.add(value);
      }
    });
    values.forEach((key, value) -> {
      if (!parts.containsKey(key) && state != null) {
        places.add(new Span(state.to(), state.to()));
        put.add(", " + quoted(key) + ": " + value);
      }
    });
    return spliced(places, put);
  }

  private String spliced(List<Span> places, List<String> put) {
    String definition = definition();
    List<Integer> lastFirst = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      lastFirst.add(i);
    }
    lastFirst.sort((a, b) -> Integer.compare(places.get(b).from(), places.get(a).from()));
    for (int i : lastFirst) {
      definition =
          definition.substring(0, places.get(i).from() - flag.from())
              + put.get(i)
              + definition.substring(places.get(i).to() - flag.from());
    }
    return definition;
  }

  /// The file with another definition of the flag.
  byte[] replaced(String definition) {
    return replacedText(definition).getBytes(StandardCharsets.UTF_8);
  }

  String replacedText(String definition) {
    return text.substring(0, flag.from()) + definition + text.substring(flag.to());
  }

  static String quoted(String text) {
    return Json.STRICT.writeValueAsString(text);
  }
}
