package dev.lastgood.database;

/// Time-outs that a role or a database may have set for its applications, and that are none of
/// Lastgood's: a session that waits for a restore is idle for as long as that takes, and must not
/// lose its turn or its snapshot meanwhile.
public final class Unhurried {
  private Unhurried() {}

  /// As statements for a session that begins. The last one is younger than the oldest server.
  public static String onTheServer() {
    return "set idle_session_timeout = 0; set idle_in_transaction_session_timeout = 0;"
        + " select pg_catalog.set_config(name, '0', false) from pg_catalog.pg_settings"
        + " where name = 'transaction_timeout'";
  }
}
