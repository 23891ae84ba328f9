package dev.lastgood.provider.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What belongs to a database itself and is in no dump of it: rights on it, settings of it and of
/// roles in it. They belong to its oid and not to its name, so the restored one must be given them.
final class Dressing {
  /// Settings whose value is a list of names: each is quoted by itself (as pg_dump does it).
  private static final Set<String> LISTS =
      Set.of(
          "search_path",
          "temp_tablespaces",
          "session_preload_libraries",
          "shared_preload_libraries",
          "local_preload_libraries",
          "unix_socket_directories");

  private static final String FORBIDDEN = "42501";

  private final Session session;
  private final Standing live;
  private final String beside;

  Dressing(Session session, Standing live, String beside) {
    this.session = session;
    this.live = live;
    this.beside = beside;
  }

  /// Again and again: what it has already is not asked for.
  ///
  /// @return the settings that this role may not make, each as it must be made when the restored
  ///   database has the name of the live one
  List<String> dress() throws SQLException {
    return dress(false);
  }

  /// @param kept whether it was live once: what it has and this role may not take away was never
  ///   taken along when it was left, and is right
  List<String> dress(boolean kept) throws SQLException {
    for (String statement : rights()) {
      session.run(statement);
    }
    List<String> not = new ArrayList<>();
    List<Setting> there = settings(oid(beside));
    List<Setting> wanted = settings(live.oid());
    for (Setting setting : wanted) {
      if (!there.contains(setting) && !made(setting.in(beside))) {
        not.add(setting.in(live.name()));
      }
    }
    for (Setting setting : there) {
      boolean gone = wanted.stream().noneMatch(setting::sameName);
      if (gone && !made(setting.out(beside)) && !kept) {
        not.add(setting.out(live.name()));
      }
    }
    return not;
  }

  /// @return false when this role may not
  private boolean made(String statement) throws SQLException {
    try {
      session.run(statement);
      return true;
    } catch (SQLException e) {
      if (!FORBIDDEN.equals(e.getSQLState())) {
        throw e;
      }
      return false;
    }
  }

  private long oid(String name) throws SQLException {
    return session.number("select oid::bigint from pg_database where datname = ?", name);
  }

  /// The settings of the live database that this role could not make: each is made as it is, and
  /// that is taken back.
  static List<String> forbidden(Session session, Standing live) throws SQLException {
    List<String> not = new ArrayList<>();
    for (Setting setting : new Dressing(session, live, live.name()).settings(live.oid())) {
      session.connection().setAutoCommit(false);
      try {
        session.run("set local lock_timeout = '1s'; " + setting.in(live.name()));
      } catch (SQLException e) {
        if (FORBIDDEN.equals(e.getSQLState())) {
          not.add(setting.in(live.name()));
        } else if (Server.lost(e)) {
          throw e;
        }
      } finally {
        session.connection().rollback();
        session.connection().setAutoCommit(true);
      }
    }
    return not;
  }

  /// For people: what to do about them.
  static String byHand(List<String> forbidden) {
    return "settings that this role may not make are not in the restored database; as a superuser,"
        + " right after the switch: "
        + String.join("; ", forbidden);
  }

  /// `create database …`, like the live one.
  static String create(Session session, Standing live, String beside) throws SQLException {
    return create(session, live, beside, "template0");
  }

  /// The same, with what is in another database, in which nobody may be.
  static String create(Session session, Standing live, String beside, String template)
      throws SQLException {
    int version = (int) session.number("select current_setting('server_version_num')::int");
    String locale = version >= 170_000 ? "datlocale" : version >= 150_000 ? "daticulocale" : "null";
    String provider = version >= 150_000 ? "datlocprovider" : "'c'";
    return session
        .first(
            "select pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype,"
                + " datconnlimit, t.spcname, "
                + provider
                + "::text, "
                + locale
                + " from pg_database d join pg_tablespace t on t.oid = d.dattablespace"
                + " where d.oid = ?::bigint::oid",
            r -> {
              String icu = r.getString(8);
              String more =
                  switch (r.getString(7)) {
                    case "i" -> " locale_provider icu icu_locale " + Quoted.text(icu);
                    case "b" -> " locale_provider builtin builtin_locale " + Quoted.text(icu);
                    default -> "";
                  };
              return "create database "
                  + Quoted.name(beside)
                  + " template "
                  + Quoted.name(template)
                  + " owner "
                  + Quoted.name(r.getString(1))
                  + " encoding "
                  + Quoted.text(r.getString(2))
                  + " lc_collate "
                  + Quoted.text(r.getString(3))
                  + " lc_ctype "
                  + Quoted.text(r.getString(4))
                  + more
                  + " connection limit "
                  + r.getInt(5)
                  // Naming the usual one needs a right on it; not naming it needs none.
                  + (r.getString(6).equals("pg_default")
                      ? ""
                      : " tablespace " + Quoted.name(r.getString(6)));
            },
            live.oid())
        .orElseThrow(() -> new SQLException("database " + live.name() + " is gone"));
  }

  private List<String> rights() throws SQLException {
    boolean usual =
        session.yes(
            "select datacl is null from pg_database where oid = ?::bigint::oid", live.oid());
    if (usual && session.yes("select datacl is null from pg_database where datname = ?", beside)) {
      return List.of();
    }
    List<String> all = new ArrayList<>();
    // what was taken away since it was restored
    all.addAll(
        session.list(
            "select distinct pg_get_userbyid(a.grantee) from pg_database d, aclexplode(d.datacl) a"
                + " where d.datname = ? and a.grantee <> 0 and a.grantee <> d.datdba",
            r ->
                "revoke all on database "
                    + Quoted.name(beside)
                    + " from "
                    + Quoted.name(r.getString(1)),
            beside));
    if (usual) {
      all.add("grant connect, temporary on database " + Quoted.name(beside) + " to public");
      return all;
    }
    all.add("revoke all on database " + Quoted.name(beside) + " from public");
    all.addAll(
        session.list(
            "select a.privilege_type, a.grantee::bigint, pg_get_userbyid(a.grantee), a.is_grantable"
                + " from pg_database d, aclexplode(d.datacl) a where d.oid = ?::bigint::oid",
            r ->
                "grant "
                    + r.getString(1)
                    + " on database "
                    + Quoted.name(beside)
                    + " to "
                    + (r.getLong(2) == 0 ? "public" : Quoted.name(r.getString(3)))
                    + (r.getBoolean(4) ? " with grant option" : ""),
            live.oid()));
    return all;
  }

  private List<Setting> settings(long oid) throws SQLException {
    return session.list(
        "select case when setrole = 0 then '' else pg_get_userbyid(setrole) end, entry"
            + " from pg_db_role_setting, unnest(setconfig) entry where setdatabase = ?::bigint::oid"
            + " order by setrole",
        r -> new Setting(r.getString(1), r.getString(2)),
        oid);
  }

  /// @param role whose; empty: everybody's
  /// @param entry as the catalog has it: `name=value`
  private record Setting(String role, String entry) {
    String in(String database) {
      String value = entry.substring(name().length() + 1);
      return of(database)
          + " set "
          + settingName(name())
          + " = "
          + (LISTS.contains(name()) ? list(value) : Quoted.text(value));
    }

    String out(String database) {
      return of(database) + " reset " + settingName(name());
    }

    boolean sameName(Setting other) {
      return role.equals(other.role) && name().equals(other.name());
    }

    private String name() {
      return entry.substring(0, entry.indexOf('='));
    }

    private String of(String database) {
      return role.isEmpty()
          ? "alter database " + Quoted.name(database)
          : "alter role " + Quoted.name(role) + " in database " + Quoted.name(database);
    }
  }

  /// `app.tenant` is two names.
  private static String settingName(String name) {
    StringBuilder all = new StringBuilder();
    for (String part : name.split("\\.", -1)) {
      all.append(all.isEmpty() ? "" : ".").append(Quoted.name(part));
    }
    return all.toString();
  }

  /// `"$user", public` as `'$user', 'public'`.
  static String list(String value) {
    List<String> items = new ArrayList<>();
    StringBuilder item = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"') {
        boolean doubled = quoted && i + 1 < value.length() && value.charAt(i + 1) == '"';
        if (doubled) {
          item.append('"');
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == ',' && !quoted) {
        items.add(Quoted.text(item.toString()));
        item.setLength(0);
      } else if (quoted || !Character.isWhitespace(c)) {
        item.append(c);
      }
    }
    items.add(Quoted.text(item.toString()));
    return String.join(", ", items);
  }
}
