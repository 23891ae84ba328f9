package dev.lastgood.provider.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Digest access authentication (RFC 7616, `qop=auth`): the password proves itself without being
/// sent. The server's challenge comes with its first 401 and is good for several requests; a 401
/// says that nothing was done, so that request may be sent again with the answer.
public final class Digest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String user;
  private Optional<Challenge> challenge = Optional.empty();
  private int count;

  /// @param user goes readable; its password is the token of the [Site]
  public Digest(String user) {
    this.user = user;
  }

  private record Challenge(
      String realm, String nonce, String algorithm, String hash, boolean auth, String opaque) {}

  /// Takes a challenge.
  ///
  /// @param header `WWW-Authenticate`
  /// @return whether it is one that can be answered
  synchronized boolean challenged(String header) {
    if (!header.regionMatches(true, 0, "Digest ", 0, 7)) {
      return false;
    }
    Map<String, String> parts = parts(header.substring(7));
    String algorithm = parts.getOrDefault("algorithm", "MD5");
    String hash =
        switch (algorithm.toUpperCase(Locale.ROOT)) {
          case "MD5" -> "MD5";
          case "SHA-256" -> "SHA-256";
          default -> "";
        };
    String qop = parts.getOrDefault("qop", "");
    boolean auth = java.util.List.of(qop.split("\\s*,\\s*", -1)).contains("auth");
    if (hash.isEmpty() || !parts.containsKey("nonce") || !(auth || qop.isEmpty())) {
      return false;
    }
    challenge =
        Optional.of(
            new Challenge(
                parts.getOrDefault("realm", ""),
                parts.getOrDefault("nonce", ""),
                algorithm,
                hash,
                auth,
                parts.getOrDefault("opaque", "")));
    count = 0;
    return true;
  }

  private static Map<String, String> parts(String header) {
    Map<String, String> parts = new TreeMap<>();
    Matcher each = Words.PART.matcher(header);
    while (each.find()) {
      String quoted = each.group(2);
      String plain = each.group(3);
      parts.put(
          each.group(1).toLowerCase(Locale.ROOT),
          quoted != null ? quoted.replaceAll("\\\\(.)", "$1") : plain == null ? "" : plain);
    }
    return parts;
  }

  /// @param uri path and query as they are sent
  /// @return `Authorization`; empty before there was a challenge
  synchronized Optional<String> answer(String method, String uri, String password) {
    if (challenge.isEmpty()) {
      return Optional.empty();
    }
    byte[] random = new byte[12];
    RANDOM.nextBytes(random);
    return Optional.of(
        answer(challenge.get(), method, uri, password, HexFormat.of().formatHex(random), ++count));
  }

  private String answer(
      Challenge to, String method, String uri, String password, String ours, int count) {
    String times = String.format(Locale.ROOT, "%08x", count);
    String who = hash(to, user + ":" + to.realm() + ":" + password);
    String what = hash(to, method + ":" + uri);
    String response =
        to.auth()
            ? hash(to, String.join(":", who, to.nonce(), times, ours, "auth", what))
            : hash(to, String.join(":", who, to.nonce(), what));
    var header = new StringBuilder("Digest ");
    header.append("username=").append(quoted(user));
    header.append(", realm=").append(quoted(to.realm()));
    header.append(", nonce=").append(quoted(to.nonce()));
    header.append(", uri=").append(quoted(uri));
    header.append(", algorithm=").append(to.algorithm());
    if (to.auth()) {
      header.append(", qop=auth, nc=").append(times).append(", cnonce=").append(quoted(ours));
    }
    header.append(", response=").append(quoted(response));
    if (!to.opaque().isEmpty()) {
      header.append(", opaque=").append(quoted(to.opaque()));
    }
    return header.toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String hash(Challenge to, String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance(to.hash()).digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + to.hash(), e);
    }
  }

  private static final class Words {
    static final Pattern PART = Pattern.compile("(\\w+)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,]+))");
  }
}
