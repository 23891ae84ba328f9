package dev.lastgood.database.migration;

import dev.lastgood.database.Quote;
import dev.lastgood.database.sql.Deed;
import dev.lastgood.database.sql.Named;
import dev.lastgood.database.sql.Script;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The way down of a migration: the one somebody wrote, else one proposed from what the way up
/// does. A proposal takes back everything, so that the migration can be applied again; where one
/// deed of it cannot be taken back, there is none.
final class Downs {
  private Downs() {}

  /// @param world before the migration
  static Since.Down of(Migration migration, List<Deed> deeds, World world) {
    if (migration.up().isEmpty()) {
      return new Since.Down.None(migration.silent());
    }
    if (!migration.runnable()) {
      return new Since.Down.None(
          "take it back with its own tool: its SQL is known only in translation");
    }
    if (Script.statements(migration.up().get()).stream().anyMatch(s -> s.transaction())) {
      return new Since.Down.None("it has its own begin and commit; take it back by hand");
    }
    return migration.down().isPresent()
        ? new Since.Down.Sql(migration.down().get(), migration.up().get(), false)
        : proposed(migration.up().get(), deeds, world);
  }

  private static Since.Down proposed(String up, List<Deed> deeds, World world) {
    List<String> back = new ArrayList<>();
    Set<String> mine = new HashSet<>();
    for (Deed deed : deeds) {
      Optional<List<String>> one =
          goesWithIt(deed, mine) ? Optional.of(List.of()) : back(deed, world);
      if (one.isEmpty()) {
        return new Since.Down.None("nobody wrote a way down, and it " + deed.says());
      }
      back.addAll(0, one.get());
    }
    return new Since.Down.Sql(back.isEmpty() ? "" : String.join(";\n", back) + ";\n", up, true);
  }

  /// What happens to a table or column that this migration made itself goes when that goes.
  private static boolean goesWithIt(Deed deed, Set<String> mine) {
    return switch (deed) {
      case Deed.CreateTable d -> !mine.add(d.table().name());
      case Deed.AddColumn d ->
          mine.contains(d.table().name()) || !mine.add(d.table().name() + "." + d.column());
      case Deed.NotNull d -> in(mine, d.table(), d.column());
      case Deed.Default d -> in(mine, d.table(), d.column());
      case Deed.ChangeType d -> in(mine, d.table(), d.column());
      case Deed.RuleOfColumn d -> in(mine, d.table(), d.column());
      case Deed.GivenAlways d -> in(mine, d.table(), d.column());
      case Deed.AddRule d -> mine.contains(d.table().name());
      case Deed.CreateIndex d -> mine.contains(d.table().name());
      case Deed.RowSecurity d -> mine.contains(d.table().name());
      case Deed.Make d -> d.on().filter(t -> mine.contains(t.name())).isPresent();
      case Deed.Rows d ->
          mine.contains(d.table().name())
              || (d.verb().equals("UPDATE")
                  && !d.columns().isEmpty()
                  && d.columns().stream().allMatch(c -> in(mine, d.table(), c)));
      default -> false;
    };
  }

  private static boolean in(Set<String> mine, Named table, String column) {
    return mine.contains(table.name()) || mine.contains(table.name() + "." + column);
  }

  private static Optional<List<String>> back(Deed deed, World world) {
    return switch (deed) {
      case Deed.Nothing _, Deed.RuleOfColumn _ -> Optional.of(List.of());
      case Deed.CreateTable d ->
          d.unlessThere() ? Optional.empty() : one("drop table " + d.table().quoted());
      case Deed.AddColumn d ->
          d.unlessThere()
              ? Optional.empty()
              : one(alter(d.table()) + "drop column " + Quote.name(d.column()));
      case Deed.RenameColumn d ->
          one(
              alter(d.table())
                  + "rename column "
                  + Quote.name(d.to())
                  + " to "
                  + Quote.name(d.from()));
      case Deed.RenameTable d ->
          d.from().schema().equals(d.to().schema())
              ? one(alter(d.to()) + "rename to " + Quote.name(d.from().name()))
              : Optional.empty();
      case Deed.NotNull d ->
          one(
              alter(d.table())
                  + "alter column "
                  + Quote.name(d.column())
                  + (d.now() ? " drop" : " set")
                  + " not null");
      case Deed.ChangeType d ->
          d.using()
              ? Optional.empty()
              : world
                  .type(d.table(), d.column())
                  .filter(t -> Types.change(t, d.type()) != Types.Change.UNKNOWN)
                  .flatMap(t ->
                      one(
                          alter(d.table())
                              + "alter column "
                              + Quote.name(d.column())
                              + " type "
                              + t));
      case Deed.AddRule d ->
          d.name().flatMap(n -> one(alter(d.table()) + "drop constraint " + Quote.name(n)));
      case Deed.RenameRule d ->
          one(
              alter(d.table())
                  + "rename constraint "
                  + Quote.name(d.to())
                  + " to "
                  + Quote.name(d.from()));
      case Deed.CreateIndex d -> d.name().flatMap(n -> one("drop index " + n.quoted()));
      case Deed.RowSecurity d ->
          one(alter(d.table()) + (d.on() ? "disable" : "enable") + " row level security");
      case Deed.Make d ->
          d.replace()
              ? Optional.empty()
              : one(
                  "drop "
                      + (d.kind().endsWith("policy") ? "policy" : d.kind())
                      + " "
                      + d.name().quoted()
                      + d.on().map(t -> " on " + t.quoted()).orElse(""));
      case Deed.Rows _,
          Deed.DropTable _,
          Deed.DropColumn _,
          Deed.Default _,
          Deed.DropRule _,
          Deed.DropIndex _,
          Deed.Remove _,
          Deed.AddValue _,
          Deed.GivenAlways _,
          Deed.Restricts _,
          Deed.Unjudged _ ->
          Optional.empty();
    };
  }

  private static Optional<List<String>> one(String sql) {
    return Optional.of(List.of(sql));
  }

  private static String alter(Named table) {
    return "alter table " + table.quoted() + " ";
  }
}
