package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "record",
    header = "Enter in the ledger what a deploy made live. Called by deploy scripts and CI.",
    description = {
      "Without arguments: looks at every platform and records what is live and not in the ledger yet.",
      "Refused (exit 4) while the release, the component or the system is held."
    })
final class RecordCommand extends SystemCommand {
  @Parameters(index = "0", arity = "0..1", paramLabel = "COMPONENT", description = "The component.")
  @Nullable String component;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "RELEASE",
      description = "What its platform calls the release for ever: a directory, a digest, an id.")
  @Nullable String release;

  @Option(
      names = "--release-version",
      paramLabel = "TEXT",
      description = "What the running release calls itself.")
  @Nullable String version;

  @Option(names = "--commit", paramLabel = "SHA", description = "The commit it was built from.")
  @Nullable String commit;

  @Option(
      names = "--config-hash",
      paramLabel = "TEXT",
      description = "Digest of the configuration it runs with.")
  @Nullable String configHash;

  @Option(
      names = "--schema",
      paramLabel = "TEXT",
      description = "The newest database migration it was deployed with.")
  @Nullable String schema;

  @Option(names = "--failed", description = "The deploy failed: this release is never a target.")
  boolean failed;

  RecordCommand(Doors doors, Terminal terminal) {
    super(doors, terminal);
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
    terminal.line(
        failed
            ? component + " " + release + " failed its deploy; it is never a target"
            : component + " " + release + " is live");
    if (!removed.isEmpty()) {
      terminal.line("removed by retention: " + String.join(", ", removed));
    }
    return ExitCode.DONE;
  }

  private ExitCode discover(Office office) throws Refusal, InterruptedException {
    List<Release> found = office.records().discover();
    if (found.isEmpty()) {
      terminal.line("nothing new: the ledger has everything that is live");
    }
    found.forEach(r -> terminal.line(r.label() + " is live (discovered)"));
    return ExitCode.DONE;
  }
}
