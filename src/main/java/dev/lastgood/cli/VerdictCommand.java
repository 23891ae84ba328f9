package dev.lastgood.cli;

import dev.lastgood.database.SchemaVerdict;
import dev.lastgood.database.migration.Finding;
import dev.lastgood.database.migration.Since;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.SchemaAdvice.Told;
import dev.lastgood.model.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class VerdictCommand extends SystemCommand {
  private @Nullable String database;
  private @Nullable String to;

  private final AnswerFlags answers = new AnswerFlags();

  VerdictCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "verdict",
        "Whether older code can live with the database's schema as it is.",
        "From the migrations applied since that release, and what each of them does. Reads only.",
        "Exit 0 SAFE, 4 STEP_DOWN_FIRST or NEEDS_RESTORE, 5 BLOCKED: a person must answer.");
    words.maybeArgument(
        "DATABASE", "A component with `migrations` (default: the only one).", v -> database = v);
    words.text(
        "--to",
        "RELEASE",
        "A release, or a commit, of the component that carries the migrations (default: its last"
            + " known good one).",
        v -> to = v);
    answers.join(words);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    Told told =
        office.verdict(Optional.ofNullable(database), Optional.ofNullable(to), answers.given());
    if (globals.json) {
      terminal.document(document(told));
    } else {
      show(told);
    }
    return switch (told.judgement().verdict()) {
      case SchemaVerdict.Safe _ -> ExitCode.DONE;
      case SchemaVerdict.StepDownFirst _, SchemaVerdict.NeedsRestore _ -> ExitCode.REFUSED;
      case SchemaVerdict.Blocked _ -> ExitCode.UNKNOWN;
    };
  }

  private void show(Told told) {
    var judgement = told.judgement();
    terminal.line(
        terminal.bold(judgement.verdict().word())
            + "  "
            + told.target().label()
            + " on the schema of "
            + told.database()
            + " (live: "
            + told.live().label()
            + ")");
    judgement.verdict().reasons().forEach(r -> terminal.line("  " + Text.plain(r)));
    for (Since since : judgement.since()) {
      terminal.blank();
      terminal.line(
          Text.plain(since.id()) + since.answer().map(a -> "  (answered: " + a + ")").orElse(""));
      for (Finding finding : since.findings()) {
        terminal.line("  " + word(finding) + "  " + Text.plain(finding.says()));
      }
      terminal.line("  way down: " + down(since));
    }
    judgement.notes().forEach(n -> terminal.line("note: " + Text.plain(n)));
    if (!judgement.questions().isEmpty()) {
      terminal.blank();
      terminal.line("Answer with --answer MIGRATION=safe, =step-down or =restore:");
      judgement
          .questions()
          .forEach(q -> terminal.line("  " + Text.plain(q.about()) + ": " + Text.plain(q.says())));
    }
  }

  private static String word(Finding finding) {
    return switch (finding.weight()) {
      case SAFE -> "safe     ";
      case STEP_DOWN -> "step down";
      case RESTORE -> "restore  ";
      case ASK -> "?        ";
    };
  }

  private static String down(Since since) {
    return switch (since.down()) {
      case Since.Down.Sql d -> d.proposed() ? "proposed, written by nobody" : "written";
      case Since.Down.None d -> "none: " + Text.plain(d.why());
    };
  }

  private static Map<String, Object> document(Told told) {
    var judgement = told.judgement();
    var document = new LinkedHashMap<String, Object>();
    document.put("verdict", judgement.verdict().word());
    document.put("database", told.database());
    document.put("live", told.live().id());
    document.put("target", told.target().id());
    document.put("reasons", judgement.verdict().reasons());
    List<Object> all = new ArrayList<>();
    for (Since since : judgement.since()) {
      var one = new LinkedHashMap<String, Object>();
      one.put("migration", since.id());
      one.put("findings", since.findings());
      one.put("answer", since.answer().orElse(""));
      one.put("down", since.down() instanceof Since.Down.Sql d ? d.sql() : "");
      one.put("downProposed", since.down() instanceof Since.Down.Sql d && d.proposed());
      one.put("noDown", since.down() instanceof Since.Down.None d ? d.why() : "");
      all.add(one);
    }
    document.put("since", all);
    document.put("questions", judgement.questions());
    document.put("notes", judgement.notes());
    return document;
  }
}
