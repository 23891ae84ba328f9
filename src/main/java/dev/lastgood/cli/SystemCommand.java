package dev.lastgood.cli;

import dev.lastgood.config.ConfigException;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import java.util.Optional;
import java.util.concurrent.Callable;

/// A command about one configured system: opens it, does its work, turns what went wrong into words
/// and an exit code.
abstract class SystemCommand implements Callable<Integer> {
  private final Doors doors;
  final Terminal terminal;

  final Globals globals = new Globals();
  final Words words;

  SystemCommand(Doors doors, Terminal terminal, String name, String header, String... description) {
    this.doors = doors;
    this.terminal = terminal;
    this.words = new Words(this, name, header, description);
    globals.join(words);
  }

  abstract ExitCode work(Office office) throws Refusal, InterruptedException;

  /// For what needs the configuration alone; empty: the command works at an opened office.
  Optional<ExitCode> withoutOffice(Doors open) throws ConfigException, Refusal {
    return Optional.empty();
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      Optional<ExitCode> early = withoutOffice(doors);
      if (early.isPresent()) {
        return early.get().code();
      }
      try (Office office = doors.open(globals)) {
        return work(office).code();
      }
    } catch (ConfigException e) {
      e.mistakes().forEach(m -> terminal.error(m.shown()));
      return ExitCode.INPUT.code();
    } catch (Refusal e) {
      return refused(e);
    } catch (RuntimeException e) {
      return refused(doors.explained(e).orElseThrow(() -> e));
    }
  }

  private int refused(Refusal e) {
    ExitCode code = ExitCode.of(e.turn());
    if (globals.json) {
      terminal.line(Json.error(code, String.valueOf(e.getMessage())));
    } else {
      terminal.error(String.valueOf(e.getMessage()));
    }
    return code.code();
  }
}
