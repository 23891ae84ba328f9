package dev.lastgood.cli;

import dev.lastgood.database.salvage.Account;
import dev.lastgood.database.salvage.Checks;
import dev.lastgood.database.salvage.Checks.TableFacts;
import dev.lastgood.database.salvage.Round;
import dev.lastgood.database.salvage.TableRound;

/// An account and a round, for people.
final class SalvageText {
  private final Terminal terminal;

  SalvageText(Terminal terminal) {
    this.terminal = terminal;
  }

  void show(Account account) {
    terminal.line(terminal.bold("Schema: " + account.verdict()));
    account.reasons().forEach(r -> terminal.line("  " + r));
    terminal.blank();
    show(account.rows());
    terminal.blank();
    show(account.checks());
  }

  void show(Round round) {
    terminal.line(
        terminal.bold(
            round.found()
                + " rows written by users since: "
                + round.inserted()
                + " inserted, "
                + round.updated()
                + " updated, "
                + round.deleted()
                + " deleted"));
    terminal.line(
        (round.kept() ? "carried over: " : "would be carried over: ")
            + round.applied()
            + ", left out: "
            + round.leftOutRows());
    for (TableRound table : round.tables()) {
      if (table.found() + table.migrated() > 0 || !table.note().isEmpty()) {
        show(table);
      }
    }
    round.notes().forEach(n -> terminal.line("note: " + n));
    round.leftOut().ifPresent(f -> terminal.line("left out rows are in " + f));
  }

  private void show(TableRound table) {
    terminal.line(
        "  "
            + table.table()
            + ": +"
            + table.inserted()
            + " ~"
            + table.updated()
            + " -"
            + table.deleted()
            + ", fits "
            + table.applied()
            + (table.migrated() > 0 ? ", changed by the migration alone " + table.migrated() : "")
            + (table.note().isEmpty() ? "" : " (" + table.note() + ")"));
    table.leftOut().forEach((why, rows) -> terminal.line("    " + rows + " left out: " + why));
    table.examples().forEach(e -> terminal.line("      e.g. " + printable(e)));
    if (table.valuesWithoutPlace() > 0) {
      terminal.line(
          "    "
              + table.valuesWithoutPlace()
              + " with values in columns the good state does not have");
    }
  }

  private void show(Checks checks) {
    terminal.line(terminal.bold("The restored state"));
    for (TableFacts table : checks.tables()) {
      terminal.line(
          "  "
              + table.table()
              + ": "
              + table.restored().rows()
              + " rows (live "
              + table.live().rows()
              + ")"
              + table.restored().newest().map(n -> ", newest " + n).orElse("")
              + table.live().newest().map(n -> " (live " + n + ")").orElse("")
              + (table.restored().rowSecurity() ? ", row-level security on" : ""));
    }
    checks.onlyRestored().forEach(t -> terminal.line("  only restored: " + t));
    checks.onlyLive().forEach(t -> terminal.line("  only live: " + t));
    checks.invalidRules().forEach(r -> terminal.line("  never checked: " + r));
    checks.sequencesBehind().forEach(s -> terminal.line("  " + s));
    checks.extensions().forEach((e, v) -> terminal.line("  extension " + e + ": " + v));
    checks
        .queries()
        .forEach(q ->
            terminal.line(
                "  "
                    + q.query()
                    + ": "
                    + printable(q.restored())
                    + " (live "
                    + printable(q.live())
                    + ")"));
  }

  private static String printable(String text) {
    StringBuilder plain = new StringBuilder();
    text.codePoints().forEach(c -> plain.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return plain.toString();
  }
}
