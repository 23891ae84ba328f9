package dev.lastgood.rehearsal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The server's end of HTTP digest (RFC 7616, MD5 and `qop=auth`, as Atlas asks for it).
final class PlayedDigest {
  private static final String REALM = "MMS Public API";

  private PlayedDigest() {}

  static String challenge(String nonce) {
    return "Digest realm=\""
        + REALM
        + "\", domain=\"\", nonce=\""
        + nonce
        + "\", algorithm=MD5, qop=\"auth\", stale=false";
  }

  /// Whether `Authorization` was made by who knows the password, for this method and challenge.
  static boolean proves(String header, String method, String user, String password, String nonce) {
    String who = md5(user + ":" + REALM + ":" + password);
    String what = md5(method + ":" + part(header, "uri"));
    String expected =
        md5(String.join(":", who, nonce, part(header, "nc"), part(header, "cnonce"), "auth", what));
    return part(header, "username").equals(user)
        && part(header, "nonce").equals(nonce)
        && part(header, "uri").startsWith("/api/atlas/")
        && part(header, "response").equals(expected);
  }

  private static String part(String header, String name) {
    Matcher found = Pattern.compile("[ ,]" + name + "=(?:\"([^\"]*)\"|([^ ,]+))").matcher(header);
    if (!found.find()) {
      return "";
    }
    return found.group(1) == null ? found.group(2) : found.group(1);
  }

  private static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }
}
