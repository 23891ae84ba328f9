package dev.lastgood.database;

/// Schemas of a live database in which single tables stand beside those that are live: as they are
/// being made ready, and as they were when others took their place. No part of what users have.
public final class Beside {
  /// Tables that are being made ready.
  public static final String COMING = "_lastgood_tables_";

  /// Tables that were live.
  public static final String KEPT = "_lastgood_kept_";

  /// Notes of what stays different.
  public static final String PARTING = "_lastgood_parting";

  private Beside() {}

  public static boolean schema(String name) {
    return name.startsWith(COMING) || name.startsWith(KEPT) || name.startsWith(PARTING);
  }

  /// A condition of SQL on the name of a schema: it is none of these.
  public static String none(String column) {
    return "(" + column + " !~ '^_lastgood_(tables_|kept_|parting)')";
  }
}
