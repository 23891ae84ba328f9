package dev.lastgood.provider.mongodb;

import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.SortedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a snapshot says about itself, written when it is complete.
///
/// @param release its id
/// @param database name of the database it was taken of
/// @param at when the dump began; what was written while it ran may be in it or not
/// @param server version of the server
/// @param bytes size of the documents then
/// @param collections what each holds
/// @param views definitions of views, by name
record Manifest(
    int form,
    String release,
    String database,
    Instant at,
    String server,
    long bytes,
    SortedMap<String, Content.Held> collections,
    SortedMap<String, String> views) {
  static final int FORM = 1;
  static final String FILE = "manifest.json";
  private static final int LARGEST = 64 << 20;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  Content content() {
    return new Content(collections);
  }

  void write(Path folder) throws IOException {
    AtomicFiles.write(folder.resolve(FILE), MAPPER.writeValueAsString(this));
  }

  static Manifest read(Path folder) throws IOException {
    String text = AtomicFiles.read(folder.resolve(FILE), LARGEST);
    try {
      Manifest read = MAPPER.readValue(text, Manifest.class);
      if (read.form != FORM
          || read.release == null
          || read.database == null
          || read.at == null
          || read.collections == null
          || read.views == null) {
        throw new IOException(folder.resolve(FILE) + " is not in the form this version knows");
      }
      return read;
    } catch (JacksonException e) {
      throw new IOException(
          folder.resolve(FILE) + " cannot be read: it is not what was written", e);
    }
  }
}
