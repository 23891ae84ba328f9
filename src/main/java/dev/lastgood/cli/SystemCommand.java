package dev.lastgood.cli;

import dev.lastgood.config.ConfigException;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/// A command about one configured system: opens it, does its work, turns what went wrong into words
/// and an exit code.
abstract class SystemCommand implements Callable<Integer> {
  private final Doors doors;
  final Terminal terminal;

  final Globals globals = new Globals();
  final Words words;
  final Answer answer;

  SystemCommand(Doors doors, Terminal terminal, String name, String header, String... description) {
    this.doors = doors;
    this.terminal = terminal;
    this.words = new Words(this, name, header, description);
    globals.join(words);
    this.answer = new Answer(terminal, globals);
  }

  abstract ExitCode work(Office office) throws Refusal, InterruptedException;

  /// For what needs the configuration alone; empty: the command works at an opened office.
  Optional<ExitCode> withoutOffice(Doors open) throws ConfigException, Refusal {
    return Optional.empty();
  }

  @Override
  public Integer call() throws InterruptedException {
    if (globals.json) {
      terminal.forMachine();
    }
    try {
      ExitCode code = worked();
      answer.end();
      return code.code();
    } catch (ConfigException e) {
      return mistaken(e);
    } catch (Refusal e) {
      return refused(e);
    } catch (RuntimeException e) {
      return refused(doors.explained(e).orElseThrow(() -> e));
    }
  }

  private ExitCode worked() throws ConfigException, Refusal, InterruptedException {
    Optional<ExitCode> early = withoutOffice(doors);
    if (early.isPresent()) {
      return early.get();
    }
    try (Office office = doors.open(globals)) {
      return work(office);
    }
  }

  private int mistaken(ConfigException e) {
    List<String> mistakes = e.mistakes().stream().map(m -> m.shown()).toList();
    mistakes.forEach(terminal::error);
    if (globals.json) {
      answer.fact("mistakes", mistakes);
      answer.end(
          ExitCode.INPUT, "the configuration cannot be used: " + String.join("; ", mistakes));
    }
    return ExitCode.INPUT.code();
  }

  private int refused(Refusal e) {
    ExitCode code = ExitCode.of(e.turn());
    if (globals.json) {
      answer.end(code, String.valueOf(e.getMessage()));
    } else {
      terminal.error(String.valueOf(e.getMessage()));
    }
    return code.code();
  }
}
