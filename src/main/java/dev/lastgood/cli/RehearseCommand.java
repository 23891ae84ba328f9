package dev.lastgood.cli;

import dev.lastgood.config.ConfigException;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Proposal;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Rehearsing;
import dev.lastgood.ledger.Mark;
import dev.lastgood.model.Release;
import dev.lastgood.report.RunReport;
import dev.lastgood.run.RunId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class RehearseCommand extends SystemCommand {
  private final List<String> components = new ArrayList<>();
  private @Nullable String fault;
  private @Nullable RuntimeException defect;

  RehearseCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "rehearse",
        "Go through your own rollback on played platforms; nothing real is changed.",
        "Puts the configured components on a stage on this machine: vendors' APIs are played, files are made"
            + " up, the ledger is a new one. A release goes live, is marked good, a failing deploy follows,"
            + " and the rollback is planned, run and proven as it would be. At the end it says what that"
            + " proved and what it could not. What cannot be played is looked at where it really is, and"
            + " its plan is shown.");
    words.arguments("COMPONENT", "Components to roll back (default: all).", components);
    words.text(
        "--fault",
        "FAULT",
        "What the played platforms do: slow, refuse, lie, die, twice, unavailable, limit, expire.",
        v -> fault = v);
  }

  @Override
  Optional<ExitCode> withoutOffice(Doors open) throws ConfigException, Refusal {
    try (Rehearsing stage = open.rehearse(globals, components, Optional.ofNullable(fault))) {
      ExitCode code = rehearse(open, stage);
      if (defect != null) {
        throw defect;
      }
      return Optional.of(code);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(ExitCode.WAITING);
    }
  }

  @Override
  ExitCode work(Office office) {
    throw new IllegalStateException("a rehearsal has an office of its own");
  }

  private ExitCode rehearse(Doors open, Rehearsing stage) throws Refusal, InterruptedException {
    if (stage.played()) {
      return onStage(open, stage);
    }
    List<RealLook> looks = looks(open, stage);
    looks.forEach(this::shown);
    String error = "nothing can be rehearsed: " + String.join("; ", stage.unproven());
    if (globals.json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("rehearsed", false);
      all.put("error", error);
      all.put("exit", ExitCode.REFUSED.code());
      all.put("lookedAt", looks.stream().map(RealLook::json).toList());
      terminal.document(all);
    } else {
      terminal.error(
          error
              + (looks.stream().anyMatch(l -> l.proposal().isPresent())
                  ? ". Their real platforms were looked at, and nothing was changed; what is above is"
                      + " a plan, not a proof"
                  : ". Of their real platforms no plan can be made either, see above; nothing was"
                      + " changed"));
    }
    return ExitCode.REFUSED;
  }

  private ExitCode onStage(Doors open, Rehearsing stage) throws Refusal, InterruptedException {
    Office office = stage.office();
    say(
        "A rehearsal: `lastgood resume`, `undo` and `show` are named below as in earnest, but know"
            + " no run of it.");
    say(terminal.bold("On the stage"));
    stage.scenery().forEach(line -> say("  " + line));
    for (Release release : office.records().discover().found()) {
      office.records().mark(release.component(), release.id(), Mark.Word.GOOD, "rehearsed");
    }
    stage.failingDeploy();
    office.records().discover();
    Proposal proposal =
        office.plan(
            office.wish(office.config().components().keySet(), stage.targets(), "rehearsal"));
    if (!globals.json) {
      new Shown(terminal, false).proposal(office, proposal);
    }
    List<String> without = stage.trouble();
    RunId run = office.runs().propose(proposal);
    office.runs().approveOwn(run, proposal.hash(), Optional.empty(), false);
    ExitCode code = new Driving(terminal, office, globals.json, false).drive(run);
    List<RealLook> looks = looks(open, stage);
    if (globals.json) {
      terminal.document(json(stage, without, looks, office.runs().report(run), code));
    } else {
      looks.forEach(this::shown);
      ended(stage, without, code);
    }
    return code;
  }

  /// What cannot be played is looked at where it really is. Whatever comes of that, what was
  /// rehearsed has been, and is said.
  private List<RealLook> looks(Doors open, Rehearsing stage) throws InterruptedException {
    if (stage.leftOut().isEmpty()) {
      return List.of();
    }
    String why;
    try (Office real = stage.real()) {
      return RealLook.at(real, stage.leftOut(), terminal.width(), e -> explained(open, e));
    } catch (Refusal e) {
      why = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      why = explained(open, e);
    }
    String none = why;
    return stage.leftOut().stream().map(c -> RealLook.none(c, none)).toList();
  }

  /// A defect is told when the rehearsal has been.
  private String explained(Doors open, RuntimeException trouble) {
    Optional<Refusal> known = open.explained(trouble);
    if (known.isEmpty() && defect == null) {
      defect = trouble;
    }
    return known.map(Refusal::getMessage).orElse("This is a defect of Lastgood: " + trouble);
  }

  private void shown(RealLook look) {
    say("");
    say(terminal.bold("Not played, only looked at"));
    say("  " + look.says());
    look.table().ifPresent(this::say);
  }

  private void ended(Rehearsing stage, List<String> without, ExitCode code) {
    say("");
    say(terminal.bold("Proved by this rehearsal"));
    say(
        "  "
            + (code == ExitCode.DONE
                ? "the plan runs to its end"
                    + (fault == null ? "" : ", also with --fault " + fault)
                    + (stage.leftOut().isEmpty()
                        ? ""
                        : ", without " + String.join(", ", stage.leftOut()))
                    + ", and the good releases are live"
                : fault == null
                    ? terminal.red("the plan does NOT run to its end; see above")
                    : "with --fault " + fault + " the run stops as shown above, and asks"));
    stage.counted().forEach(line -> say("  " + line));
    say(terminal.bold("Not proved"));
    without.forEach(line -> say("  " + line));
    stage.unproven().forEach(line -> say("  " + line));
  }

  private Map<String, Object> json(
      Rehearsing stage,
      List<String> without,
      List<RealLook> looks,
      RunReport report,
      ExitCode code) {
    List<String> unproven = new ArrayList<>(without);
    unproven.addAll(stage.unproven());
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("rehearsed", code == ExitCode.DONE);
    all.put("leftOut", stage.leftOut());
    all.put("lookedAt", looks.stream().map(RealLook::json).toList());
    all.put("scenery", stage.scenery());
    all.put("counted", stage.counted());
    all.put("unproven", unproven);
    all.put("run", report);
    return all;
  }

  private void say(String line) {
    if (!globals.json) {
      terminal.line(line);
    }
  }
}
