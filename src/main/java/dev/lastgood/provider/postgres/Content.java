package dev.lastgood.provider.postgres;

import dev.lastgood.database.Beside;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// What is in a database: exact counts, and the shape in words that survive a dump and a restore
/// (names, types, switches; never expressions, which PostgreSQL writes differently after a reload).
///
/// @param rows by `schema.table`; only tables with rows of their own, none that belong to an
///   extension
/// @param shape one line for each table, column, constraint, index, policy, trigger, sequence,
///   function and extension, sorted
/// @param written since the statistics began, by table; for counting what was written later
record Content(
    SortedMap<String, Long> rows, List<String> shape, SortedMap<String, Written> written) {
  record Written(long inserted, long updated, long deleted) {
    Written since(Written before) {
      return new Written(
          inserted - before.inserted, updated - before.updated, deleted - before.deleted);
    }

    boolean possible() {
      return inserted >= 0 && updated >= 0 && deleted >= 0;
    }

    boolean none() {
      return inserted == 0 && updated == 0 && deleted == 0;
    }
  }

  private static final String USERS =
      "n.nspname not in ('pg_catalog', 'information_schema', '_lastgood_slot') and "
          + Beside.none("n.nspname")
          + " and n.nspname not like 'pg\\_toast%'"
          + " and n.nspname not like 'pg\\_temp\\_%'";
  private static final String OWN =
      " and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass"
          + " and e.objid = c.oid and e.deptype = 'e')";

  private static final String UNHIDDEN = "set row_security = off";

  private static final String TABLES =
      "select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
          + " where c.relkind = 'r' and c.relpersistence = 'p' and " // others do not outlive a
          // crash, nor a replay
          + USERS
          + OWN
          + " order by pg_relation_size(c.oid) desc, 1, 2";

  private static final String SHAPE =
      """
      with c as (select c.*, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where %s %s)
      select 'table ' || nspname || '.' || relname || ' kind ' || relkind::text
          || case when relrowsecurity then ' rls' else '' end
          || case when relforcerowsecurity then ' forced' else '' end
        from c where relkind in ('r','p','v','m','f','S')
      union all select 'column ' || nspname || '.' || relname || '.' || attname || ' '
          || format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end
          || case when attidentity <> '' then ' identity ' || attidentity::text else '' end
          || case when attgenerated <> '' then ' generated' else '' end
          || case when atthasdef then ' default' else '' end
        from c join pg_attribute a on a.attrelid = c.oid
        where relkind in ('r','p','v','m','f') and attnum > 0 and not attisdropped
      union all select 'constraint ' || nspname || '.' || relname || '.' || conname || ' ' || contype::text
          || case when convalidated then '' else ' not valid' end
        from c join pg_constraint k on k.conrelid = c.oid where contype <> 'n'
      union all select 'index ' || nspname || '.' || relname
          || case when indisunique then ' unique' else '' end
        from c join pg_index i on i.indexrelid = c.oid where indisvalid
      union all select 'policy ' || nspname || '.' || relname || '.' || polname || ' ' || polcmd::text
        from c join pg_policy p on p.polrelid = c.oid
      union all select 'trigger ' || nspname || '.' || relname || '.' || tgname || ' ' || tgenabled::text
        from c join pg_trigger t on t.tgrelid = c.oid where not tgisinternal and tgname <> '_lastgood_who'
      union all select 'function ' || n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace where %s
          and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass
            and e.objid = p.oid and e.deptype = 'e')
      union all select 'enum ' || n.nspname || '.' || t.typname || ' ' || e.enumlabel
        from pg_enum e join pg_type t on t.oid = e.enumtypid join pg_namespace n on n.oid = t.typnamespace
      union all select 'extension ' || extname from pg_extension
      union all select 'publication ' || pubname from pg_publication where pubname not like 'lastgood\\_%%'
      """
          .formatted(USERS, OWN, USERS);

  private static final String WRITTEN =
      "select schemaname || '.' || relname, n_tup_ins, n_tup_upd, n_tup_del from pg_stat_user_tables"
          + " where "
          + Beside.none("schemaname");

  /// In the transaction of the session, so that a snapshot of it holds for everything.
  ///
  /// @throws SQLException also when row security would hide rows from this role
  static Content of(Session session) throws SQLException {
    return new Content(rows(session), shape(session), written(session));
  }

  /// As [#of], of a database that nobody writes to: its tables are counted by several sessions.
  static Content still(Session session, AtOnce counters, Duration longest)
      throws SQLException, PlatformUnreachable {
    var rows = new ConcurrentSkipListMap<String, Long>();
    counters.each(
        tables(session),
        longest,
        (counter, table) -> {
          counter.run(UNHIDDEN);
          rows.put(table.name(), table.count(counter));
        });
    return new Content(new TreeMap<>(rows), shape(session), written(session));
  }

  static SortedMap<String, Long> rows(Session session) throws SQLException {
    session.run(UNHIDDEN);
    var rows = new TreeMap<String, Long>();
    for (Table table : tables(session)) {
      rows.put(table.name(), table.count(session));
    }
    return rows;
  }

  private static final String COLUMNS =
      "select n.nspname, c.relname, (select string_agg(a.attname, ',' order by a.attname) from"
          + " pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)"
          + " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
          + " where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence = 'p' and "
          + USERS
          + OWN
          + " order by 1, 2";

  /// What a database can be recognised by.
  ///
  /// @param name of the table, without its schema
  /// @param columns their names
  record Likeness(String schema, String name, String columns) {}

  /// The tables, those of a partitioned one as one.
  static List<Likeness> likeness(Session session) throws SQLException {
    return session.list(
        COLUMNS, r -> new Likeness(r.getString(1), r.getString(2), String.valueOf(r.getString(3))));
  }

  /// Whether any table that this role may read has a row.
  static boolean inhabited(Session session) throws SQLException {
    for (Table table : tables(session)) {
      boolean readable =
          session.yes("select has_table_privilege(to_regclass(?), 'select')", table.quoted());
      if (readable && session.yes("select exists (select from " + table.quoted() + ")")) {
        return true;
      }
    }
    return false;
  }

  private record Table(String schema, String bare) {
    String name() {
      return schema + "." + bare;
    }

    String quoted() {
      return Quoted.name(schema) + "." + Quoted.name(bare);
    }

    long count(Session session) throws SQLException {
      return session.number("select count(*) from " + quoted());
    }
  }

  /// The largest first.
  private static List<Table> tables(Session session) throws SQLException {
    return session.list(TABLES, r -> new Table(r.getString(1), r.getString(2)));
  }

  static List<String> shape(Session session) throws SQLException {
    List<String> lines = new ArrayList<>(session.list(SHAPE, r -> String.valueOf(r.getString(1))));
    lines.sort(null);
    return lines;
  }

  static SortedMap<String, Written> written(Session session) throws SQLException {
    var written = new TreeMap<String, Written>();
    session.list(
        WRITTEN,
        r -> {
          written.put(r.getString(1), new Written(r.getLong(2), r.getLong(3), r.getLong(4)));
          return r.getString(1);
        });
    return written;
  }
}
