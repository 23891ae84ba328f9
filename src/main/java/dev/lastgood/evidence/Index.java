package dev.lastgood.evidence;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lastgood.model.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What the bundle of one run holds, oldest first. Kept beside the files as `index.json`.
///
/// @param schema version of this form
public record Index(int schema, List<Piece> pieces) {
  static final int SCHEMA = 1;
  static final String FILE = "index.json";

  public Index {
    pieces = List.copyOf(pieces);
  }

  /// One file.
  ///
  /// @param name of the file
  /// @param wanted the name it was to have; another when that was taken
  /// @param from where it was read
  /// @param at when it was kept
  /// @param whole false when only its newest part is kept
  public record Piece(
      String name,
      String wanted,
      String from,
      long bytes,
      @JsonProperty("sha-256") String sha256,
      Instant at,
      boolean whole) {
    public Piece {
      Text.require(name, "name");
      Text.require(wanted, "wanted");
      Text.require(sha256, "sha-256");
      Objects.requireNonNull(from);
      Objects.requireNonNull(at);
    }
  }

  private static final class Json {
    private static final JsonMapper MAPPER =
        JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  }

  /// @throws IOException if it is not an index this version knows; says so
  static Index read(String json) throws IOException {
    try {
      @Nullable Index index = Json.MAPPER.readValue(json, Index.class);
      if (index == null) {
        throw new IOException("its index is damaged");
      }
      if (index.schema() != SCHEMA) {
        throw new IOException(
            "its index has form " + index.schema() + "; this version knows form " + SCHEMA);
      }
      return index;
    } catch (JacksonException e) {
      throw new IOException("its index is damaged", e);
    }
  }

  byte[] json() {
    return (Json.MAPPER.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  long bytes() {
    return pieces.stream().mapToLong(Piece::bytes).sum();
  }

  Index with(Piece piece) {
    var more = new ArrayList<>(pieces);
    more.add(piece);
    return new Index(schema, more);
  }

  Optional<Piece> same(String wanted, String from, String sha256) {
    return pieces.stream()
        .filter(
            p -> p.wanted().equals(wanted) && p.from().equals(from) && p.sha256().equals(sha256))
        .findFirst();
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
