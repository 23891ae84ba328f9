package dev.lastgood.cli;

import dev.lastgood.flow.Kept;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Records;
import dev.lastgood.flow.Refusal;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

final class RecordCommand extends SystemCommand {
  private @Nullable String component;
  private @Nullable String release;
  private @Nullable String version;
  private @Nullable String commit;
  private @Nullable String configHash;
  private @Nullable String schema;
  private boolean failed;

  RecordCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "record",
        "Enter in the ledger what a deploy made live. Called by deploy scripts and CI.",
        "Without arguments: looks at every platform and records what is live and not in the ledger yet.",
        "Refused (exit 4) while the release, the component or the system is held.");
    words.maybeArgument("COMPONENT", "The component.", v -> component = v);
    words.maybeArgument(
        "RELEASE",
        "What its platform calls the release for ever: a directory, a digest, an id.",
        v -> release = v);
    words.text(
        "--release-version", "TEXT", "What the running release calls itself.", v -> version = v);
    words.text("--commit", "SHA", "The commit it was built from.", v -> commit = v);
    words.text(
        "--config-hash", "TEXT", "Digest of the configuration it runs with.", v -> configHash = v);
    words.text(
        "--schema", "TEXT", "The newest database migration it was deployed with.", v -> schema = v);
    words.flag("--failed", "The deploy failed: this release is never a target.", v -> failed = v);
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    if (component == null) {
      return discover(office);
    }
    if (release == null) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          "which release of " + component + "? E.g. lastgood record " + component + " v42");
    }
    var origin =
        new Origin(
            Optional.ofNullable(version),
            Optional.ofNullable(commit),
            Optional.ofNullable(configHash),
            Optional.ofNullable(schema));
    List<String> removed = office.records().record(component, release, origin, failed);
    answer.fact("recorded", List.of(new Release(component, release, origin, Optional.empty())));
    answer.fact("failed", failed);
    answer.fact("removed", removed);
    answer.fact("unseen", List.of());
    answer.says(
        failed
            ? component + " " + release + " failed its deploy; it is never a target"
            : component + " " + release + " is live");
    if (!removed.isEmpty()) {
      answer.says("removed by retention: " + String.join(", ", removed));
    }
    if (!failed) {
      kept(office, Set.of(component));
    }
    return ExitCode.DONE;
  }

  private void kept(Office office, Set<String> components) throws Refusal {
    Kept kept = office.records().keep(components);
    answer.saysAll(kept.lines());
    kept.complete();
  }

  private ExitCode discover(Office office) throws Refusal, InterruptedException {
    Records.Discovered seen = office.records().discover();
    answer.fact("recorded", seen.found());
    answer.fact("failed", false);
    answer.fact("removed", List.of());
    answer.fact("unseen", seen.unseen());
    if (seen.found().isEmpty()) {
      answer.says(
          seen.unseen().isEmpty()
              ? "nothing new: the ledger has everything that is live"
              : "nothing new on what could be looked at");
    }
    seen.found().forEach(r -> answer.says(r.label() + " is live (discovered)"));
    seen.unseen().forEach(terminal::error);
    kept(office, office.config().components().keySet());
    return seen.unseen().isEmpty() ? ExitCode.DONE : ExitCode.ENVIRONMENT;
  }
}
