package dev.lastgood.plan;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Plans as canonical JSON: keys sorted, no white space, so that equal plans have equal text and
/// one hash.
public final class PlanJson {
  private PlanJson() {}

  /// Gets the reading and writing of plans ready, which takes longer than either. To be called
  /// beside what else is done.
  public static void warmUp() {
    CanonicalJson.warmUp(Plan.class);
  }

  public static String write(Plan plan) {
    return CanonicalJson.MAPPER.writeValueAsString(plan);
  }

  /// @throws tools.jackson.core.JacksonException if it is not a plan this version knows
  public static Plan read(String json) {
    return CanonicalJson.MAPPER.readValue(json, Plan.class);
  }

  /// SHA-256 of the canonical JSON, in hex. An approval is for this and nothing else.
  public static String hash(Plan plan) {
    return sha256(write(plan));
  }

  static String sha256(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
