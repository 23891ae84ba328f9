package dev.lastgood.database.salvage;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the files of [LeftOut]: PostgreSQL's CSV, where an empty field without quotes is null.
public final class Csv {
  /// PostgreSQL has no larger value.
  private static final int LARGEST = 1 << 30;

  private final Reader in;
  private int ahead = -2;

  public Csv(Reader in) {
    this.in = in;
  }

  /// One record; empty at the end of the file.
  ///
  /// @throws IOException when the file ends within a record or is no CSV
  public Optional<List<@Nullable String>> next() throws IOException {
    if (peek() < 0) {
      return Optional.empty();
    }
    var record = new ArrayList<@Nullable String>();
    while (true) {
      record.add(peek() == '"' ? quoted() : plain());
      int end = take();
      if (end == ',') {
        continue;
      }
      if (end == '\r' && peek() == '\n') {
        end = take();
      }
      if (end != '\n') {
        throw new IOException(
            end < 0
                ? "the file ends within a record: it was cut off"
                : "a field is followed by \"" + (char) end + "\": this is no CSV of Lastgood");
      }
      return Optional.of(record);
    }
  }

  private @Nullable String plain() throws IOException {
    StringBuilder text = new StringBuilder();
    while (peek() >= 0 && peek() != ',' && peek() != '\n' && peek() != '\r') {
      text.append((char) take());
      bound(text);
    }
    return text.isEmpty() ? null : text.toString();
  }

  private String quoted() throws IOException {
    StringBuilder text = new StringBuilder();
    take();
    while (true) {
      int c = take();
      if (c < 0) {
        throw new IOException("the file ends within a field: it was cut off");
      }
      if (c == '"') {
        if (peek() != '"') {
          return text.toString();
        }
        take();
      }
      text.append((char) c);
      bound(text);
    }
  }

  private static void bound(StringBuilder text) throws IOException {
    if (text.length() > LARGEST) {
      throw new IOException("a field is larger than any value of PostgreSQL");
    }
  }

  private int peek() throws IOException {
    if (ahead == -2) {
      ahead = in.read();
    }
    return ahead;
  }

  private int take() throws IOException {
    int c = peek();
    ahead = -2;
    return c;
  }
}
