package dev.lastgood.provider.postgres;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.Catalog.ForeignKey;
import dev.lastgood.database.Catalog.Table;
import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.TableName;
import dev.lastgood.model.Text;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// What hangs on some tables of a database, by their number and not by their name, so that another
/// table cannot simply take their place.
///
/// @param in foreign keys of other tables that refer to them
/// @param out foreign keys of theirs that refer to other tables
/// @param views that read them
/// @param policies of other tables that read them, as what makes them anew
/// @param publications of them, each as `name` and table
/// @param obstacles what cannot be carried to another table, in words
/// @param notes what whoever approves must know
record Ties(
    List<Key> in,
    List<Key> out,
    List<View> views,
    List<String> policies,
    List<Published> publications,
    List<String> obstacles,
    List<String> notes) {
  Ties {
    in = List.copyOf(in);
    out = List.copyOf(out);
    views = List.copyOf(views);
    policies = List.copyOf(policies);
    publications = List.copyOf(publications);
    obstacles = List.copyOf(obstacles);
    notes = List.copyOf(notes);
  }

  /// A foreign key.
  ///
  /// @param partitioned whether the table that has it is
  /// @param valid whether all rows were looked at
  record Key(
      TableName of,
      String name,
      String definition,
      TableName to,
      List<String> columns,
      List<String> toColumns,
      boolean partitioned,
      boolean valid) {
    Key {
      columns = List.copyOf(columns);
      toColumns = List.copyOf(toColumns);
    }

    /// `orders.orders_customer_fkey`
    String shown() {
      return Text.plain(of + "." + name);
    }

    String dropping() {
      return "alter table " + of.quoted() + " drop constraint " + Quoted.name(name);
    }

    /// Rows that are there are not looked at.
    String adding() {
      boolean said = definition.endsWith(" NOT VALID");
      return "alter table "
          + of.quoted()
          + " add constraint "
          + Quoted.name(name)
          + " "
          + definition
          + (said || partitioned ? "" : " not valid");
    }
  }

  /// @param name quoted
  /// @param text of `create or replace view`
  record View(String name, String owner, String text) {}

  record Published(String publication, TableName table) {}

  /// @param session that finds every name only with its schema
  static Ties of(Session session, Set<TableName> tables) throws SQLException {
    return new Reading(session, CatalogReader.read(session.connection()), tables).ties();
  }

  /// Whether the same must be done.
  boolean same(Ties other) {
    return in.equals(other.in)
        && out.equals(other.out)
        && views.equals(other.views)
        && policies.equals(other.policies)
        && publications.equals(other.publications);
  }

  /// Foreign keys between some tables and all others.
  ///
  /// @param inwards whether those of others, that refer to them
  static List<Key> keys(Catalog catalog, Set<TableName> tables, boolean inwards) {
    List<Key> keys = new ArrayList<>();
    for (Table table : catalog.tables().values()) {
      for (ForeignKey key : table.foreignKeys()) {
        boolean own = tables.contains(table.name());
        boolean to = tables.contains(key.to());
        if (inwards ? !own && to : own && !to) {
          keys.add(key(table, key));
        }
      }
    }
    return keys;
  }

  private static Key key(Table table, ForeignKey key) {
    return new Key(
        table.name(),
        key.name(),
        key.definition(),
        key.to(),
        key.columns().stream().map(n -> table.column(n).orElseThrow().name()).toList(),
        key.toColumns(),
        table.partitioned(),
        key.valid());
  }

  private static final class Reading {
    private final Session session;
    private final Catalog catalog;
    private final Set<TableName> tables;
    private final List<String> obstacles = new ArrayList<>();

    Reading(Session session, Catalog catalog, Set<TableName> tables) {
      this.session = session;
      this.catalog = catalog;
      this.tables = tables;
    }

    Ties ties() throws SQLException {
      String oids =
          tables.stream()
              .map(t -> catalog.tables().get(t))
              .filter(Objects::nonNull)
              .map(t -> Long.toString(t.identity()))
              .collect(Collectors.joining(","));
      String these = "(array[" + oids + "]::oid[])";
      shapes(these);
      bound(these);
      return new Ties(
          keys(catalog, tables, true),
          keys(catalog, tables, false),
          views(these),
          policies(these),
          publications(these),
          obstacles,
          notes(these));
    }

    private void obstacle(String sql, String words) throws SQLException {
      session
          .list(sql, r -> Text.plain(r.getString(1)))
          .forEach(name -> obstacles.add(words.formatted(name)));
    }

    private void shapes(String these) throws SQLException {
      obstacle(
          "select oid::regclass::text from pg_class where oid = any"
              + these
              + " and (relkind = 'p' or relispartition)",
          "%s is partitioned, or a partition");
      obstacle(
          "select oid::regclass::text from pg_class c where oid = any"
              + these
              + " and not relispartition and relkind <> 'p' and exists (select from pg_inherits where inhrelid ="
              + " c.oid or inhparent = c.oid)",
          "%s inherits, or is inherited from");
      obstacle(
          "select srrelid::regclass::text from pg_subscription_rel where srrelid = any" + these,
          "%s is filled by a subscription");
      obstacle(
          "select pubname from pg_publication where puballtables",
          "the publication %s is of all tables, and would publish what is made ready");
      obstacle(
          "select slot_name from pg_replication_slots where slot_name like 'lastgood\\_%' and database ="
              + " current_database()",
          "the slot %s of Lastgood tells what users write by the numbers of the tables (`exact`);"
              + " `lastgood mark good` for a later state drops it");
      if (tables.stream().map(TableName::name).distinct().count() < tables.size()) {
        obstacles.add("two of the tables have one name, in different schemas: one after the other");
      }
    }

    /// What knows the type of their rows, or the tables themselves, and cannot be made anew here.
    private void bound(String these) throws SQLException {
      String types =
          "(select t.oid from pg_type t left join pg_type e on e.oid = t.typelem where t.typrelid = any"
              + these
              + " or e.typrelid = any"
              + these
              + ")";
      obstacle(
          "select distinct p.oid::regprocedure::text from pg_depend d join pg_proc p on p.oid = d.objid where"
              + " d.classid = 'pg_proc'::regclass and ((d.refclassid = 'pg_class'::regclass and d.refobjid = any"
              + these
              + ") or (d.refclassid = 'pg_type'::regclass and d.refobjid in "
              + types
              + "))",
          "the function %s is bound to it (a parameter, a result or a body in SQL)");
      obstacle(
          "select distinct d.objid::regclass::text from pg_depend d where d.classid = 'pg_class'::regclass and"
              + " d.refclassid = 'pg_type'::regclass and d.objid <> all"
              + these
              + " and d.refobjid in "
              + types,
          "%s has a column of the type of its rows");
      obstacle(
          "select distinct v.oid::regclass::text from pg_depend d join pg_rewrite r on r.oid = d.objid join"
              + " pg_class v on v.oid = r.ev_class where d.classid = 'pg_rewrite'::regclass and d.refclassid ="
              + " 'pg_class'::regclass and d.refobjid = any"
              + these
              + " and v.oid <> all"
              + these
              + " and (v.relkind <> 'v' or r.rulename <> '_RETURN')",
          "%s reads it and keeps rows of its own, or has a rule");
      obstacle(
          "select distinct a.adrelid::regclass::text from pg_depend s join pg_depend d on d.refclassid ="
              + " 'pg_class'::regclass and d.refobjid = s.objid and d.classid = 'pg_attrdef'::regclass join"
              + " pg_attrdef a on a.oid = d.objid where s.classid = 'pg_class'::regclass and s.refclassid ="
              + " 'pg_class'::regclass and s.deptype in ('a', 'i') and s.refobjsubid > 0 and s.refobjid = any"
              + these
              + " and a.adrelid <> all"
              + these,
          "%s takes its numbers from a sequence of it");
      obstacle(
          "select objid::regclass::text from pg_depend where classid = 'pg_class'::regclass and deptype = 'e'"
              + " and objid = any"
              + these,
          "%s belongs to an extension");
      if (session.number("select current_setting('server_version_num')::int") >= 150_000) {
        obstacle(
            "select p.pubname from pg_publication_rel r join pg_publication p on p.oid = r.prpubid where (r.prqual"
                + " is not null or r.prattrs is not null) and r.prrelid = any"
                + these,
            "the publication %s has a filter or a list of columns for it");
      }
    }

    private List<View> views(String these) throws SQLException {
      return session.list(
          "select distinct format('%I.%I', n.nspname, v.relname), pg_get_userbyid(v.relowner),"
              + " array_to_string(v.reloptions, ', '), pg_get_viewdef(v.oid) from pg_depend d join pg_rewrite r on"
              + " r.oid = d.objid join pg_class v on v.oid = r.ev_class join pg_namespace n on n.oid ="
              + " v.relnamespace where d.classid = 'pg_rewrite'::regclass and d.refclassid ="
              + " 'pg_class'::regclass and v.relkind = 'v' and r.rulename = '_RETURN' and d.refobjid = any"
              + these
              + " order by 1",
          r ->
              new View(
                  r.getString(1),
                  r.getString(2),
                  "create or replace view "
                      + r.getString(1)
                      + (r.getString(3) == null ? "" : " with (" + r.getString(3) + ")")
                      + " as "
                      + r.getString(4)));
    }

    private List<String> policies(String these) throws SQLException {
      return session.list(
          "select distinct format('alter policy %I on %I.%I', p.polname, n.nspname, c.relname) || coalesce(' using"
              + " (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || coalesce(' with check (' ||"
              + " pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') from pg_depend d join pg_policy p on p.oid ="
              + " d.objid join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace where"
              + " d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_class'::regclass and p.polrelid <> all"
              + these
              + " and d.refobjid = any"
              + these
              + " order by 1",
          r -> r.getString(1));
    }

    private List<Published> publications(String these) throws SQLException {
      return session.list(
          "select p.pubname, n.nspname, c.relname from pg_publication_rel r join pg_publication p on p.oid ="
              + " r.prpubid join pg_class c on c.oid = r.prrelid join pg_namespace n on n.oid = c.relnamespace"
              + " where r.prrelid = any"
              + these
              + " order by 1, 2, 3",
          r -> new Published(r.getString(1), new TableName(r.getString(2), r.getString(3))));
    }

    private List<String> notes(String these) throws SQLException {
      return session.list(
          "select 'extended statistics ' || stxname || ' stay with the table that is kept: make them anew' from"
              + " pg_statistic_ext where stxrelid = any"
              + these
              + " order by 1",
          r -> Text.plain(r.getString(1)));
    }
  }

  /// `orders.orders_customer_fkey to customer`
  static List<String> shown(Collection<Key> keys) {
    return keys.stream().map(k -> k.shown() + " to " + Text.plain(k.to().toString())).toList();
  }
}
