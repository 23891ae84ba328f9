package dev.lastgood.provider.postgres;

import dev.lastgood.database.migration.Applied;
import dev.lastgood.database.migration.Judge;
import dev.lastgood.database.migration.Judgement;
import dev.lastgood.database.migration.Migration;
import dev.lastgood.database.migration.Packages;
import dev.lastgood.database.migration.State;
import dev.lastgood.database.migration.Tool;
import dev.lastgood.model.Release;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The schema verdict: reads folders and state table, lets [Judge] judge.
final class Verdicts {
  private static final Duration PRINTED = Duration.ofSeconds(60);
  private static final int LONGEST = 4 << 20;

  private final Server server;
  private final MigrationSettings settings;
  private final Folders folders;

  Verdicts(Server server, MigrationSettings settings, Path base) {
    this.server = server;
    this.settings = settings;
    this.folders = new Folders(settings, base);
  }

  /// golang-migrate writes over its one row.
  boolean keepsOnlyOne() throws PlatformUnreachable {
    try (Session session = server.patient(server.url().database(), Duration.ofSeconds(15))) {
      return settings.tool() == Tool.SQL
          && session.yes(
              "select exists (select from pg_catalog.pg_attribute where attrelid ="
                  + " pg_catalog.to_regclass(?) and attname = 'dirty')",
              state().quoted());
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  State state() {
    return settings.state();
  }

  Judgement judge(Release live, Release target, Map<String, String> answers)
      throws PlatformUnreachable {
    List<Migration> wanted = settings.tool().read(folders.read(target));
    List<Migration> newer = settings.tool().read(folders.read(live));
    List<Applied> applied = applied(newer);
    if (settings.tool() == Tool.DJANGO) {
      var packages = new Packages(wanted, newer, applied);
      wanted = packages.of(wanted);
      newer = packages.since(newer);
    }
    return new Judge(
            target.label(), wanted, printed(newer, wanted, applied, live), applied, answers)
        .judge();
  }

  private List<Applied> applied(List<Migration> newer) throws PlatformUnreachable {
    String database = server.url().database();
    try (Session session = server.patient(database, Duration.ofSeconds(30))) {
      return state()
          .read(session.connection(), newer)
          .orElseThrow(() ->
              new PlatformUnreachable(
                  database
                      + " has no table "
                      + state().quoted()
                      + ", where "
                      + settings.tool().name().toLowerCase(java.util.Locale.ROOT)
                      + " says what is applied; name it under `schema` and `table`"));
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  /// What is not written in SQL is printed by the tool, when a command is configured.
  private List<Migration> printed(
      List<Migration> newer, List<Migration> wanted, List<Applied> applied, Release live)
      throws PlatformUnreachable {
    if (settings.print().isEmpty()) {
      return newer;
    }
    var known = wanted.stream().map(Migration::id).collect(Collectors.toSet());
    var there = applied.stream().map(Applied::id).collect(Collectors.toSet());
    List<Migration> all = new ArrayList<>();
    for (Migration one : newer) {
      boolean asked =
          one.up().isEmpty()
              && one.printable()
              && !known.contains(one.id())
              && there.contains(one.id());
      all.add(asked ? printed(one, live) : one);
    }
    return all;
  }

  /// Alembic prints at least its version row.
  private Migration printed(Migration one, Release live) throws PlatformUnreachable {
    String sql = print(one, live);
    return settings.tool() == Tool.ALEMBIC && sql.isBlank()
        ? one
        : one.printed(sql, state().name());
  }

  private String print(Migration migration, Release live) throws PlatformUnreachable {
    String id = migration.id();
    int dot = id.indexOf('.');
    List<String> words =
        settings.print().stream()
            .map(w ->
                w.replace("{id}", id)
                    .replace("{app}", dot < 0 ? "" : id.substring(0, dot))
                    .replace("{name}", id.substring(dot + 1))
                    .replace(
                        "{previous}", migration.previous().stream().findFirst().orElse("base")))
            .toList();
    var argv = new Argv(words, Optional.of(folders.checkout(live)), Map.of(), PRINTED);
    return switch (argv.ask("", LONGEST)) {
      case Argv.Reply.None(String reason, _) -> throw new PlatformUnreachable(reason);
      case Argv.Reply.Answer answer when answer.code() == 0 -> answer.answer();
      case Argv.Reply.Answer answer ->
          throw new PlatformUnreachable(
              argv.shown() + " ended with " + answer.code() + ": " + answer.lastLine());
    };
  }
}
