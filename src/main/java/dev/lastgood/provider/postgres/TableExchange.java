package dev.lastgood.provider.postgres;

import dev.lastgood.database.TableName;
import dev.lastgood.database.salvage.Salvage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The exchange of tables as statements, to be run in one transaction that holds them.
///
/// @param side where those stand that come
/// @param keys foreign keys of theirs to tables that stay
/// @param kept name of the schema into which those go that are live
/// @param marker what is kept then
/// @param coming those of them that stand there
/// @param present those of them that are live
/// @param database the live one
/// @param comment of it from then on
/// @param noted whether what stays different was noted
record TableExchange(
    TableSide side,
    Set<TableName> tables,
    Set<TableName> coming,
    Set<TableName> present,
    Ties ties,
    List<Ties.Key> keys,
    String kept,
    Marker marker,
    String database,
    String comment,
    boolean noted) {
  List<String> statements() {
    List<String> all = new ArrayList<>();
    ties.in().forEach(k -> all.add(k.dropping()));
    ties.out().forEach(k -> all.add(k.dropping()));
    ties.publications().forEach(p -> all.add(publish(p, "drop")));
    all.add("create schema " + Quoted.name(kept));
    all.addAll(TableSide.book(kept, tables, ties.out()));
    present.forEach(t -> all.add(move(t.quoted(), kept)));
    coming.forEach(t -> all.add(move(side.place(t), t.schema())));
    ties.publications().stream()
        .filter(p -> coming.contains(p.table()))
        .forEach(p -> all.add(publish(p, "add")));
    List<Ties.Key> back = new ArrayList<>(keys);
    back.addAll(ties.in());
    for (Ties.Key key : back) {
      all.add(key.adding());
      if (key.valid() && !key.partitioned()) {
        all.add(TableSide.entry(kept, "check", key));
      }
    }
    ties.views().forEach(v -> all.add(v.text()));
    all.addAll(ties.policies());
    all.addAll(Salvage.exchanged(noted));
    all.add("drop table " + Quoted.name(side.schema()) + "." + TableSide.BOOK);
    all.add("drop schema " + Quoted.name(side.schema()));
    all.add(TableSide.marking(kept, marker));
    all.add("comment on database " + Quoted.name(database) + " is " + Quoted.text(comment));
    return all;
  }

  private static String move(String table, String schema) {
    return "alter table " + table + " set schema " + Quoted.name(schema);
  }

  private static String publish(Ties.Published one, String verb) {
    return "alter publication "
        + Quoted.name(one.publication())
        + " "
        + verb
        + " table "
        + one.table().quoted();
  }
}
