package dev.lastgood.database.salvage;

import dev.lastgood.database.Quote;
import dev.lastgood.database.ServerSays;
import dev.lastgood.database.TableLocks;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// Notes, in the live database, the keys of the rows that are written from a moment on, so that the
/// rounds after it need not look for them in the tables. A trigger of each table writes them, in
/// the transaction of whoever wrote the rows.
///
/// All of it stands in a schema of its own and is taken away with it. Should nobody do that, the
/// triggers do nothing any more after some hours. Where a trigger cannot tell the keys (a column
/// was renamed meanwhile) it notes that the table was written; nobody's statement fails because of
/// it.
public final class Noting {
  /// Nobody else uses this schema.
  private static final String SCHEMA = "_lastgood_noting";

  /// After this long the triggers do nothing, and the rounds look into the tables again.
  private static final Duration AT_MOST = Duration.ofHours(6);

  /// Whoever writes a table waits no longer than this while its triggers are made.
  private static final Duration BRIEFLY = Duration.ofMillis(100);

  /// Tables whose triggers one transaction takes away. Each needs half a dozen of the locks of
  /// which a server has some thousands for everybody (`max_locks_per_transaction`).
  private static final int AT_ONCE = 300;

  private static final String PREFIX = SCHEMA + "_";

  private Noting() {}

  /// @param live of the owner of the tables, without a transaction
  /// @param patience how often it is tried again when a transaction of a user holds a table
  /// @return why it is not done; empty when every table is noted from now on
  static Optional<String> begin(Connection live, List<Noted> tables, Duration patience)
      throws SQLException, InterruptedException {
    String layout = layout(tables);
    if (!under(live, layout).isEmpty()) {
      return Optional.empty();
    }
    try {
      end(live, patience);
      run(
          live,
          """
          create schema %1$s;
          create unlogged table %1$s.noting (id text, layout text, until timestamptz);
          create unlogged table %1$s.noted (tab bigint, key text[]) with (autovacuum_enabled = off);
          """
              .formatted(SCHEMA));
      long deadline = System.nanoTime() + patience.toNanos();
      for (Noted table : tables) {
        TableLocks.briefly(live, table.triggers(until(live)), BRIEFLY, deadline);
      }
      try (PreparedStatement insert =
          live.prepareStatement(
              "insert into " + SCHEMA + ".noting values (?, ?, " + until(live) + ")")) {
        insert.setString(1, UUID.randomUUID().toString());
        insert.setString(2, layout);
        insert.executeUpdate();
      }
      return Optional.empty();
    } catch (SQLException e) {
      if (live.isClosed()) {
        throw e;
      }
      end(live, patience);
      return Optional.of(ServerSays.message(e));
    }
  }

  static String layout(List<Noted> tables) {
    return tables.stream().map(Noted::layout).sorted().collect(Collectors.joining("; "));
  }

  private static String until(Connection live) throws SQLException {
    return text(
        live,
        "select quote_literal(now() + interval '"
            + AT_MOST.toHours()
            + " hours') || '::timestamptz'");
  }

  /// Takes everything away.
  ///
  /// @throws SQLException when somebody holds a table all that time; then some of it is left, which
  ///   nobody believes
  public static void takeAway(Connection live, Duration patience)
      throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    List<String> functions = functions(live);
    if (functions.size() > AT_ONCE) {
      // nobody believes the rest of it
      TableLocks.briefly(live, "drop table if exists " + SCHEMA + ".noting", BRIEFLY, deadline);
      for (String function : functions) {
        TableLocks.briefly(
            live, "drop function if exists " + function + " cascade", BRIEFLY, deadline);
      }
    }
    TableLocks.briefly(live, ending(), BRIEFLY, deadline);
  }

  /// The same, as far as it can be done.
  ///
  /// @return whether nothing of it is left
  static boolean end(Connection live, Duration patience) throws SQLException, InterruptedException {
    try {
      takeAway(live, patience);
      return true;
    } catch (SQLException e) {
      if (live.isClosed()) {
        throw e;
      }
      return false;
    }
  }

  private static List<String> functions(Connection live) throws SQLException {
    try (Statement statement = live.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select format('%I.%I()', '"
                    + SCHEMA
                    + "', proname) from pg_catalog.pg_proc where pronamespace ="
                    + " pg_catalog.to_regnamespace('"
                    + SCHEMA
                    + "') order by 1")) {
      var all = new ArrayList<String>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    }
  }

  /// Takes it away in the transaction of somebody who holds all tables.
  ///
  /// @return false when it is too much for one transaction, and stays
  public static boolean endAtOnce(Connection holder) throws SQLException {
    if (functions(holder).size() > AT_ONCE) {
      return false;
    }
    run(holder, ending());
    return true;
  }

  /// What takes it away, as one statement. Nothing to take away is no change of the schema: an
  /// event trigger of users may refuse each one.
  private static String ending() {
    return "do $$ begin if pg_catalog.to_regnamespace('"
        + SCHEMA
        + "') is not null then drop schema "
        + SCHEMA
        + " cascade; end if; end $$";
  }

  /// Id of the noting that is complete and still under way in this transaction; empty: there is
  /// none.
  ///
  /// @param layout of the tables that matter
  static String under(Connection live, String layout) throws SQLException {
    if (!text(live, "select to_regclass('" + SCHEMA + ".noting') is not null").equals("t")) {
      return "";
    }
    try (PreparedStatement ask =
        live.prepareStatement(
            "select id from "
                + SCHEMA
                + ".noting where clock_timestamp() < until - interval '5 minutes' and layout = ?")) {
      ask.setString(1, layout);
      try (ResultSet row = ask.executeQuery()) {
        return row.next() ? row.getString(1) : "";
      }
    }
  }

  /// The tables that were written since, and whether all keys are known.
  static Map<Long, Boolean> written(Connection live, Mark since) throws SQLException {
    var written = new HashMap<Long, Boolean>();
    try (Statement statement = live.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select tab, bool_and(key is not null) from "
                    + SCHEMA
                    + ".noted t where "
                    + since.since()
                    + " group by tab")) {
      while (rows.next()) {
        written.put(rows.getLong(1), rows.getBoolean(2));
      }
    }
    return written;
  }

  /// The keys noted since, whether the row is there now, and its size.
  static String rows(TablePlan plan, Mark since) {
    var keys = new ArrayList<String>();
    var names = new ArrayList<String>();
    for (int i = 0; i < plan.key().size(); i++) {
      keys.add("key[" + (i + 1) + "]");
      names.add("k" + i);
    }
    return "select "
        + names.stream().map(n -> "u." + n).collect(Collectors.joining(", "))
        + ", t.ctid is not null, case when t.ctid is null then 0 else "
        + plan.size(Side.LIVE)
        + " end from (select distinct "
        + String.join(", ", keys)
        + " from "
        + SCHEMA
        + ".noted t where tab = "
        + plan.table(Side.LIVE).identity()
        + " and "
        + since.since()
        + ") as u("
        + String.join(", ", names)
        + ") left join "
        + plan.table(Side.LIVE).source()
        + " t on "
        + plan.onKey(Side.LIVE);
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  /// Tables whose triggers would not see every write: a partition or a child is written without
  /// them, and so is a table that a subscription fills.
  static Set<Long> blind(Connection live) throws SQLException {
    var blind = new HashSet<Long>();
    try (Statement statement = live.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select inhrelid::bigint from pg_inherits union select inhparent::bigint from"
                    + " pg_inherits union select srrelid::bigint from pg_subscription_rel")) {
      while (rows.next()) {
        blind.add(rows.getLong(1));
      }
    }
    return blind;
  }

  /// One table.
  ///
  /// @param identity oid in the live database
  /// @param key how the key of a row `t` is read; empty: only that it was written is noted
  record Noted(long identity, String name, List<String> key) {
    String layout() {
      return identity + " " + name + " (" + String.join(", ", key) + ")";
    }

    /// Functions run as their owner: users need no right on the notes. They bring their own
    /// spelling of times and numbers, and leave the caller's alone.
    String triggers(String until) {
      String note = SCHEMA + ".note_" + identity;
      String touched = "insert into " + SCHEMA + ".noted values (" + identity + ", null)";
      String keys =
          "insert into "
              + SCHEMA
              + ".noted select "
              + identity
              + "::bigint, array["
              + String.join(", ", key)
              + "]::text[] from ";
      String body =
          key.isEmpty()
              ? touched + ";"
              : """
              begin
                if tg_op = 'INSERT' then %1$s lastgood_written t;
                elsif tg_op = 'DELETE' then %1$s lastgood_gone t;
                elsif tg_op = 'UPDATE' then %1$s (table lastgood_gone union all table lastgood_written) t;
                else %2$s;
                end if;
              exception when others then %2$s;
              end;\
              """
                  .formatted(keys, touched);
      // no name of a column can end the text of the function
      String quote = "$" + "note" + UUID.randomUUID().toString().replace("-", "") + "$";
      var all = new ArrayList<String>();
      all.add(
          """
          create function %1$s() returns trigger language plpgsql security definer
            set search_path = pg_catalog set timezone = 'UTC' set datestyle = 'ISO, YMD'
            set intervalstyle = 'postgres' set bytea_output = 'hex' set extra_float_digits = 1 as %2$s
          begin
            if clock_timestamp() > %3$s then return null; end if;
            %4$s
            return null;
          end %2$s\
          """
              .formatted(note, quote, until, body));
      boolean keyed = !key.isEmpty();
      trigger(all, note, "insert", keyed ? "referencing new table as lastgood_written" : "");
      trigger(
          all,
          note,
          "update",
          keyed ? "referencing new table as lastgood_written old table as lastgood_gone" : "");
      trigger(all, note, "delete", keyed ? "referencing old table as lastgood_gone" : "");
      trigger(all, note, "truncate", "");
      return String.join("; ", all);
    }

    /// Always: also for a session that has switched the triggers of users off for itself.
    private void trigger(List<String> all, String note, String event, String tables) {
      String called = Quote.name(PREFIX + event);
      all.add(
          "create trigger %s after %s on %s %s for each statement execute function %s()"
              .formatted(called, event, name, tables, note));
      all.add("alter table %s enable always trigger %s".formatted(name, called));
    }
  }
}
