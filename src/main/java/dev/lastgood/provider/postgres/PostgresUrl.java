package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// Where a database is, as the URL of an application says it. Holds the password: never shown.
///
/// @param tls parameters about encryption only; others, as applications' tools add them (`schema=`,
///   `pgbouncer=`, `connection_limit=`), mean nothing here
record PostgresUrl(
    String host, int port, String database, String user, String password, Map<String, String> tls) {
  private static final int USUAL_PORT = 5432;
  private static final Map<String, String> TLS_VARIABLES =
      Map.of(
          "sslmode", "PGSSLMODE",
          "sslrootcert", "PGSSLROOTCERT",
          "sslcert", "PGSSLCERT",
          "sslkey", "PGSSLKEY");

  PostgresUrl {
    tls = Map.copyOf(tls);
  }

  /// @param name how the configuration calls it, for messages
  static PostgresUrl parse(String text, String name) throws PlatformUnreachable {
    String plain = text.strip();
    plain = plain.startsWith("jdbc:") ? plain.substring("jdbc:".length()) : plain;
    try {
      var uri = new URI(plain);
      boolean postgres = "postgres".equals(uri.getScheme()) || "postgresql".equals(uri.getScheme());
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      if (!postgres || uri.getHost() == null || path.length() < 2 || path.indexOf('/', 1) >= 0) {
        throw unusable(name);
      }
      Map<String, String> query = query(uri.getRawQuery());
      String[] info = (uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo()).split(":", 2);
      var tls = new LinkedHashMap<>(query);
      tls.keySet().retainAll(TLS_VARIABLES.keySet());
      String host = uri.getHost();
      return new PostgresUrl(
          host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
          uri.getPort() < 0 ? USUAL_PORT : uri.getPort(),
          decoded(path.substring(1)),
          info[0].isEmpty() ? query.getOrDefault("user", "postgres") : decoded(info[0]),
          info.length < 2 ? query.getOrDefault("password", "") : decoded(info[1]),
          tls);
    } catch (URISyntaxException | IllegalArgumentException e) {
      // The text is in the exception, so it is left out.
      throw unusable(name);
    }
  }

  private static PlatformUnreachable unusable(String name) {
    return new PlatformUnreachable(
        name
            + " is no URL of one PostgreSQL database; it looks like"
            + " postgres://user:password@host:5432/database, with % escapes for special characters");
  }

  private static Map<String, String> query(String raw) {
    var parts = new TreeMap<String, String>();
    for (String pair : (raw == null ? "" : raw).split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parts.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return parts;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// `host:port/database`, without who and how.
  String place() {
    return host + ":" + port + "/" + database;
  }

  String jdbc(String of) {
    String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return "jdbc:postgresql://"
        + bracketed
        + ":"
        + port
        + "/"
        + java.net.URLEncoder.encode(of, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// One text with everything in it. Secret.
  String whole(String of) {
    var all = new TreeMap<String, String>(tls);
    all.put("user", user);
    if (!password.isEmpty()) {
      all.put("password", password);
    }
    return jdbc(of)
        + all.entrySet().stream()
            .map(e ->
                e.getKey()
                    + "="
                    + java.net.URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8)
                        .replace("+", "%20"))
            .collect(java.util.stream.Collectors.joining("&", "?", ""));
  }

  Properties properties() {
    var properties = new Properties();
    properties.setProperty("user", user);
    if (!password.isEmpty()) {
      properties.setProperty("password", password);
    }
    tls.forEach(properties::setProperty);
    return properties;
  }

  /// For pg_dump and its like: what they find in their environment nobody else can list.
  Map<String, String> environment(String of) {
    var all = new TreeMap<String, String>();
    all.put("PGHOST", host);
    all.put("PGPORT", Integer.toString(port));
    all.put("PGUSER", user);
    all.put("PGDATABASE", of);
    all.put("PGPASSWORD", password);
    all.put("PGCONNECT_TIMEOUT", "10");
    tls.forEach((key, value) -> all.put(variable(key), value));
    return all;
  }

  private static String variable(String key) {
    return TLS_VARIABLES.getOrDefault(key, "PGSSLMODE");
  }

  @Override
  public String toString() {
    return place();
  }
}
