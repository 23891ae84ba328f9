package dev.lastgood.cli;

import dev.lastgood.config.ConfigException;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Status;
import java.util.List;
import java.util.Optional;

final class CheckCommand extends SystemCommand {
  private boolean offline;

  CheckCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "check",
        "Check the configuration, that its secrets can be read, its platforms reached and its checks pass.",
        "Every mistake at once, with its place. Exit 3 when something cannot be reached or is not healthy.");
    words.flag("--offline", "The file alone; nothing is contacted.", v -> offline = v);
  }

  @Override
  Optional<ExitCode> withoutOffice(Doors open) throws ConfigException, Refusal {
    if (!offline) {
      return Optional.empty();
    }
    SystemConfig config = open.config(globals);
    answer.fact("file", String.valueOf(config.file()));
    answer.fact("components", List.copyOf(config.components().keySet()));
    answer.fact("checks", config.checks().stream().map(c -> c.name()).toList());
    answer.says(
        config.file()
            + " is right: "
            + counted(config.components().size(), "component")
            + ", "
            + counted(config.checks().size(), "check"));
    return Optional.of(ExitCode.DONE);
  }

  private static String counted(int n, String what) {
    return n + " " + what + (n == 1 ? "" : "s");
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    List<String> secrets = office.unreadableSecrets();
    secrets.forEach(terminal::error);
    Status status = office.status(true);
    if (globals.json) {
      terminal.document(status);
    } else {
      new StatusText(terminal).show(status);
    }
    boolean reached = status.components().stream().allMatch(c -> c.trouble().isEmpty());
    boolean healthy = status.checks().values().stream().allMatch(s -> s.word().equals("healthy"));
    return secrets.isEmpty() && reached && healthy ? ExitCode.DONE : ExitCode.ENVIRONMENT;
  }
}
