package dev.lastgood.store;

import dev.lastgood.model.Constellation;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import java.io.StringWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// A constellation in one column. Read and written token by token: every command reads it, and the
/// mapper that does it from the records takes thirty milliseconds to get ready.
final class ConstellationJson {
  private static final JsonFactory JSON = new JsonFactory();

  /// Of the whole, of its releases, of one.
  private static final int RELEASE_DEPTH = 3;

  private ConstellationJson() {}

  static String write(Constellation live) {
    var text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      out.writeObjectPropertyStart("releases");
      live.releases()
          .forEach((component, release) -> {
            out.writeName(component);
            write(release, out);
          });
      out.writeEndObject();
      out.writeEndObject();
    }
    return text.toString();
  }

  private static void write(Release release, JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("component", release.component());
    out.writeStringProperty("id", release.id());
    Origin origin = release.origin();
    out.writeObjectPropertyStart("origin");
    write("version", origin.version(), out);
    write("commit", origin.commit(), out);
    write("configHash", origin.configHash(), out);
    write("schemaRevision", origin.schemaRevision(), out);
    out.writeEndObject();
    write("since", release.since().map(Instant::toString), out);
    out.writeEndObject();
  }

  private static void write(String name, Optional<String> text, JsonGenerator out) {
    if (text.isPresent()) {
      out.writeStringProperty(name, text.get());
    }
  }

  /// @throws tools.jackson.core.JacksonException if it is not JSON
  /// @throws IllegalArgumentException if it is not a constellation
  static Constellation read(String json) {
    List<Release> releases = new ArrayList<>();
    Map<String, String> texts = new HashMap<>();
    int depth = 0;
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          depth++;
        } else if (token == JsonToken.VALUE_STRING) {
          texts.put(in.currentName(), in.getString());
        } else if (token == JsonToken.END_OBJECT && depth-- == RELEASE_DEPTH) {
          releases.add(release(texts));
          texts.clear();
        }
      }
    }
    return Constellation.of(releases.toArray(Release[]::new));
  }

  private static Release release(Map<String, String> texts) {
    return new Release(
        texts.getOrDefault("component", ""),
        texts.getOrDefault("id", ""),
        new Origin(
            Optional.ofNullable(texts.get("version")),
            Optional.ofNullable(texts.get("commit")),
            Optional.ofNullable(texts.get("configHash")),
            Optional.ofNullable(texts.get("schemaRevision"))),
        Optional.ofNullable(texts.get("since")).map(Instant::parse));
  }
}
