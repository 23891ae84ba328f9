package dev.lastgood.database;

import dev.lastgood.database.Catalog.Column;
import dev.lastgood.database.Catalog.Constraint;
import dev.lastgood.database.Catalog.ForeignKey;
import dev.lastgood.database.Catalog.Sequence;
import dev.lastgood.database.Catalog.Server;
import dev.lastgood.database.Catalog.Table;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// Reads a [Catalog]. The connection must have an empty search path, so that every type and
/// definition is spelled alike on both sides.
public final class CatalogReader {
  private static final String OURS =
      " n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema', '_lastgood', '_lastgood_noting', '_lastgood_parting')";
  private static final String TABLES =
      "c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'"
          + " and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass"
          + " and d.objid = c.oid and d.deptype = 'e') and"
          + OURS;

  private final Connection connection;
  private final Predicate<String> schemas;
  private final Map<Long, List<Column>> columns = new HashMap<>();
  private final Map<Long, List<Constraint>> constraints = new HashMap<>();
  private final Map<Long, List<ForeignKey>> foreignKeys = new HashMap<>();
  private final Map<Long, Map<String, String>> triggers = new HashMap<>();
  private final Map<Long, List<Integer>> keys = new HashMap<>();
  private final Map<Long, Set<Set<Integer>>> unique = new HashMap<>();

  private CatalogReader(Connection connection, Predicate<String> schemas) {
    this.connection = connection;
    this.schemas = schemas;
  }

  /// @throws SQLException when the server does not answer
  public static Catalog read(Connection connection) throws SQLException {
    return new CatalogReader(connection, s -> !Beside.schema(s)).catalog();
  }

  /// With one more schema, in which tables stand beside those that are live.
  ///
  /// @throws SQLException when the server does not answer
  public static Catalog read(Connection connection, String more) throws SQLException {
    return new CatalogReader(connection, s -> s.equals(more) || !Beside.schema(s)).catalog();
  }

  private Catalog catalog() throws SQLException {
    readColumns();
    readConstraints();
    readForeignKeys();
    readTriggers();
    readUniqueIndexes();
    return new Catalog(
        server(), tables(), sequences(), extensions(), number(largeObjects()), others());
  }

  private interface Use {
    void row(ResultSet row) throws SQLException;
  }

  private void each(String sql, Use use) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        use.row(rows);
      }
    }
  }

  private long number(String sql) throws SQLException {
    var found = new long[1];
    each(sql, row -> found[0] = row.getLong(1));
    return found[0];
  }

  private static String largeObjects() {
    return "select count(*) from pg_largeobject_metadata";
  }

  private Server server() throws SQLException {
    var found = new ArrayList<Server>();
    each(
        "select current_setting('server_version_num')::int, current_setting('server_encoding'),"
            + " (select system_identifier::text from pg_control_system()),"
            + " (select oid::bigint from pg_database where datname = current_database()),"
            + " pg_is_in_recovery()",
        row ->
            found.add(
                new Server(
                    row.getInt(1),
                    row.getString(2),
                    row.getString(3),
                    row.getLong(4),
                    row.getBoolean(5))));
    return found.getFirst();
  }

  private void readColumns() throws SQLException {
    each(
        """
        with recursive base(of, oid, mod) as (
          select t.oid, t.oid, -1 from pg_type t where t.typtype <> 'd'
          union all
          select t.oid, b.oid, case when b.mod >= 0 then b.mod else t.typtypmod end
            from pg_type t join base b on t.typbasetype = b.of where t.typtype = 'd'
        )
        select a.attrelid::bigint, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
               format_type(b.oid, -1), bt.typname,
               a.atttypmod >= 0 or b.mod >= 0,
               coalesce(co.collisdeterministic, true), a.attnotnull, a.atthasdef or a.attidentity <> '',
               a.attgenerated <> '', a.attidentity = 'a',
               (bt.typnamespace = 'pg_catalog'::regnamespace)
          from pg_attribute a
          join pg_class c on c.oid = a.attrelid
          join pg_namespace n on n.oid = c.relnamespace
          join base b on b.of = a.atttypid
          join pg_type bt on bt.oid = b.oid
          left join pg_collation co on co.oid = a.attcollation
         where a.attnum > 0 and not a.attisdropped and
        """
            + TABLES
            + " order by a.attrelid, a.attnum",
        row -> {
          String internal = row.getString(6);
          boolean limited = row.getBoolean(7);
          columns
              .computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
              .add(
                  new Column(
                      row.getInt(2),
                      row.getString(3),
                      row.getString(4),
                      row.getString(5),
                      internal,
                      limited,
                      row.getBoolean(8) && row.getBoolean(13) && exact(internal, limited),
                      row.getBoolean(9),
                      row.getBoolean(10),
                      row.getBoolean(11),
                      row.getBoolean(12)));
        });
  }

  /// Types whose own hash tells any two spellings apart. Others are hashed as text: `1.0` equals
  /// `1.00`, `{{1}}` hashes like `{1}`, an enum hashes by its oid.
  private static boolean exact(String type, boolean limited) {
    return switch (type) {
      case "int2", "int4", "int8", "bool", "date", "timestamp", "timestamptz", "time" -> true;
      case "uuid", "bytea", "text", "varchar", "oid" -> true;
      case "numeric", "bpchar" -> limited;
      default -> false;
    };
  }

  private void readConstraints() throws SQLException {
    each(
        "select k.conrelid::bigint, k.conname, k.contype::text, pg_get_constraintdef(k.oid),"
            + " k.convalidated from pg_constraint k join pg_class c on c.oid = k.conrelid join"
            + " pg_namespace n on n.oid = c.relnamespace where k.contype in ('c','u','p','x') and "
            + TABLES
            + " order by k.conname",
        row ->
            constraints
                .computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                .add(
                    new Constraint(
                        row.getString(2), row.getString(3), row.getString(4), row.getBoolean(5))));
  }

  private void readForeignKeys() throws SQLException {
    each(
        "select k.conrelid::bigint, k.conname, k.conkey, tn.nspname, tc.relname, (select"
            + " array_agg(a.attname::text order by o.at) from unnest(k.confkey) with ordinality"
            + " o(num, at) join pg_attribute a on a.attrelid = k.confrelid and a.attnum = o.num),"
            + " k.confdeltype::text, pg_get_constraintdef(k.oid), k.convalidated from pg_constraint"
            + " k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid ="
            + " c.relnamespace join pg_class tc on tc.oid = k.confrelid join pg_namespace tn on"
            + " tn.oid = tc.relnamespace where k.contype = 'f' and k.conparentid = 0 and "
            + TABLES
            + " order by k.conname",
        row ->
            foreignKeys
                .computeIfAbsent(row.getLong(1), _ -> new ArrayList<>())
                .add(
                    new ForeignKey(
                        row.getString(2),
                        numbers(row.getArray(3)),
                        new TableName(row.getString(4), row.getString(5)),
                        List.of((String[]) row.getArray(6).getArray()),
                        row.getString(7),
                        row.getString(8),
                        row.getBoolean(9))));
  }

  private static List<Integer> numbers(Array array) throws SQLException {
    return Arrays.stream((Object[]) array.getArray()).map(n -> ((Number) n).intValue()).toList();
  }

  private void readTriggers() throws SQLException {
    each(
        "select t.tgrelid::bigint, t.tgname, t.tgenabled::text from pg_trigger t join pg_class c on"
            + " c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where not"
            + " t.tgisinternal and t.tgname not like '\\_lastgood\\_%' and "
            + TABLES,
        row ->
            triggers
                .computeIfAbsent(row.getLong(1), _ -> new HashMap<>())
                .put(row.getString(2), row.getString(3)));
  }

  /// The primary key, else the unique index on the fewest columns that are never null.
  private void readUniqueIndexes() throws SQLException {
    each(
        "select i.indrelid::bigint, (select array_agg(o.num order by o.at) from"
            + " unnest(i.indkey::int2[]) with ordinality o(num, at) where o.at <= i.indnkeyatts),"
            + " not exists (select from unnest(i.indkey::int2[]) with ordinality o(num, at) join"
            + " pg_attribute a on a.attrelid = i.indrelid and a.attnum = o.num where o.at <="
            + " i.indnkeyatts and not a.attnotnull) from pg_index i join pg_class c on c.oid ="
            + " i.indrelid join pg_namespace n on n.oid = c.relnamespace where i.indisunique and"
            + " i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null and "
            + TABLES
            + " order by i.indrelid, i.indisprimary desc, i.indnkeyatts, i.indexrelid",
        row -> {
          List<Integer> numbers = numbers(row.getArray(2));
          if (row.getBoolean(3)) {
            keys.putIfAbsent(row.getLong(1), numbers);
            unique
                .computeIfAbsent(row.getLong(1), _ -> new HashSet<>())
                .add(new HashSet<>(numbers));
          }
        });
  }

  private SortedMap<TableName, Table> tables() throws SQLException {
    var tables = new TreeMap<TableName, Table>();
    each(
        "select c.oid::bigint, n.nspname, c.relname, c.relkind = 'p', c.relrowsecurity,"
            + " greatest(c.reltuples, 0)::bigint, c.relkind = 'p' or c.reltoastrelid <> 0 and"
            + " pg_relation_size(c.reltoastrelid) > 0 from pg_class c join pg_namespace n on n.oid"
            + " = c.relnamespace where "
            + TABLES,
        row -> {
          long oid = row.getLong(1);
          var name = new TableName(row.getString(2), row.getString(3));
          if (!schemas.test(name.schema())) {
            return;
          }
          tables.put(
              name,
              new Table(
                  name,
                  oid,
                  row.getBoolean(4),
                  row.getBoolean(5),
                  row.getBoolean(7),
                  row.getLong(6),
                  columns.getOrDefault(oid, List.of()),
                  keys.getOrDefault(oid, List.of()),
                  unique.getOrDefault(oid, Set.of()),
                  constraints.getOrDefault(oid, List.of()),
                  foreignKeys.getOrDefault(oid, List.of()),
                  triggers.getOrDefault(oid, Map.of())));
        });
    return tables;
  }

  private List<Sequence> sequences() throws SQLException {
    var sequences = new ArrayList<Sequence>();
    each(
        "select n.nspname, c.relname, pg_sequence_last_value(c.oid::regclass), s.seqincrement,"
            + " tn.nspname, tc.relname, a.attname from pg_sequence s join pg_class c on c.oid ="
            + " s.seqrelid join pg_namespace n on n.oid = c.relnamespace left join pg_depend d on"
            + " d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refclassid ="
            + " 'pg_class'::regclass and d.refobjsubid > 0 and d.deptype in ('a', 'i') left join"
            + " pg_class tc on tc.oid = d.refobjid left join pg_namespace tn on tn.oid ="
            + " tc.relnamespace left join pg_attribute a on a.attrelid = d.refobjid and a.attnum ="
            + " d.refobjsubid where c.relpersistence <> 't' and "
            + OURS
            + " order by 1, 2",
        row -> {
          long last = row.getLong(3);
          Optional<Long> used = row.wasNull() ? Optional.empty() : Optional.of(last);
          String owner = row.getString(5);
          if (!schemas.test(row.getString(1))) {
            return;
          }
          sequences.add(
              new Sequence(
                  new TableName(row.getString(1), row.getString(2)),
                  used,
                  row.getLong(4),
                  owner == null
                      ? Optional.empty()
                      : Optional.of(new TableName(owner, row.getString(6))),
                  Optional.ofNullable(row.getString(7))));
        });
    return sequences;
  }

  private SortedMap<String, String> extensions() throws SQLException {
    var extensions = new TreeMap<String, String>();
    each(
        "select extname, extversion from pg_extension",
        row -> extensions.put(row.getString(1), row.getString(2)));
    return extensions;
  }

  private List<String> others() throws SQLException {
    var others = new ArrayList<String>();
    each(
        "select n.nspname || '.' || c.relname || case c.relkind when 'm' then ' (materialized view)'"
            + " else ' (foreign table)' end, n.nspname from pg_class c join pg_namespace n on n.oid ="
            + " c.relnamespace where c.relkind in ('m', 'f') and "
            + OURS
            + " order by 1",
        row -> {
          if (schemas.test(row.getString(2))) {
            others.add(row.getString(1));
          }
        });
    return others;
  }
}
