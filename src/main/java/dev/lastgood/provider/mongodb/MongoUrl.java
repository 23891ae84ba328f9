package dev.lastgood.provider.mongodb;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformUnreachable;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/// A connection string that names a database. Holds the password, therefore never shown whole.
final class MongoUrl {
  private static final String FORBIDDEN = "/\\. \"$*<>:|?";

  private final String scheme;
  private final String authority;
  private final String database;
  private final String options;

  private MongoUrl(String scheme, String authority, String database, String options) {
    this.scheme = scheme;
    this.authority = authority;
    this.database = database;
    this.options = options;
  }

  /// @throws PlatformUnreachable if it is none, in words that do not show it
  static MongoUrl of(Secret secret) throws PlatformUnreachable {
    return of(secret.reveal().strip(), secret.reference());
  }

  /// @param reference how people name it
  static MongoUrl of(String url, String reference) throws PlatformUnreachable {
    int colon = url.indexOf("://");
    String scheme = colon < 0 ? "" : url.substring(0, colon);
    if (!scheme.equals("mongodb") && !scheme.equals("mongodb+srv")) {
      throw wrong(reference, "does not begin with mongodb:// or mongodb+srv://");
    }
    String rest = url.substring(colon + 3);
    int question = rest.indexOf('?');
    String options = question < 0 ? "" : rest.substring(question + 1);
    String before = question < 0 ? rest : rest.substring(0, question);
    int slash = before.lastIndexOf('/');
    String authority = slash < 0 ? before : before.substring(0, slash);
    String database = slash < 0 ? "" : decoded(before.substring(slash + 1), reference);
    if (authority.isBlank() || url.chars().anyMatch(Character::isISOControl)) {
      throw wrong(reference, "names no server");
    }
    if (database.isBlank()) {
      throw wrong(reference, "names no database: mongodb://user:password@host/DATABASE");
    }
    if (database.chars().anyMatch(c -> FORBIDDEN.indexOf(c) >= 0)) {
      throw wrong(reference, "names a database as none can be called");
    }
    return new MongoUrl(scheme, authority, database, options);
  }

  private static String decoded(String text, String reference) throws PlatformUnreachable {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw wrong(reference, "is not well encoded");
    }
  }

  private static PlatformUnreachable wrong(String reference, String why) {
    return new PlatformUnreachable("the connection string " + reference + " " + why);
  }

  String database() {
    return database;
  }

  /// Everything, the password included.
  String whole() {
    return scheme + "://" + authority + "/" + database + (options.isEmpty() ? "" : "?" + options);
  }

  /// Without the database, which the programs are told otherwise; who we are is still looked up
  /// where it was before.
  String withoutDatabase() {
    boolean authenticates = authority.contains("@");
    boolean says = ("&" + options).toLowerCase(java.util.Locale.ROOT).contains("&authsource=");
    String more = authenticates && !says ? "authSource=" + database : "";
    String all = options + (options.isEmpty() || more.isEmpty() ? "" : "&") + more;
    return scheme + "://" + authority + "/" + (all.isEmpty() ? "" : "?" + all);
  }

  /// Servers and database, without who we are.
  String place() {
    return servers() + "/" + database;
  }

  /// `host:port`, several with commas between.
  String servers() {
    return authority.substring(authority.lastIndexOf('@') + 1);
  }

  /// The same user and options on another server.
  ///
  /// @param scheme `mongodb` or `mongodb+srv`
  MongoUrl on(String scheme, String servers) {
    int at = authority.lastIndexOf('@');
    return new MongoUrl(
        scheme, (at < 0 ? "" : authority.substring(0, at + 1)) + servers, database, options);
  }

  @Override
  public String toString() {
    return place();
  }
}
