package dev.lastgood.cli;

import dev.lastgood.flow.Found;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;

final class InitCommand implements Callable<Integer> {
  final Words words =
      new Words(
          this,
          "init",
          "Look at a directory and propose a configuration for the system that lives there.",
          "Never overwrites a lastgood.yaml.");
  private final Terminal terminal;
  private Path folder = Path.of(".");
  private boolean print;

  InitCommand(Terminal terminal) {
    this.terminal = terminal;
    words.maybePathArgument("FOLDER", "Default: here.", v -> folder = v);
    words.flag("--print", "Print the proposal instead of writing it.", v -> print = v);
  }

  @Override
  public Integer call() {
    if (!Files.isDirectory(folder)) {
      terminal.error(folder + " is not a folder. Which folder does the system live in?");
      return ExitCode.INPUT.code();
    }
    Path file = folder.resolve("lastgood.yaml");
    try {
      Found found = Found.in(folder.toAbsolutePath().normalize());
      String proposal = found.yaml();
      if (print) {
        terminal.line(proposal);
        return ExitCode.DONE.code();
      }
      Files.writeString(file, proposal, StandardOpenOption.CREATE_NEW);
      found.says().forEach(s -> terminal.line("found " + s));
      terminal.line("written: " + file);
      terminal.line("Next: read it, then `lastgood check`, `lastgood record`, `lastgood status`.");
      return ExitCode.DONE.code();
    } catch (FileAlreadyExistsException e) {
      terminal.error(file + " is there already and was left as it is. See a proposal with --print");
      return ExitCode.REFUSED.code();
    } catch (IOException e) {
      terminal.error(file + " cannot be written: " + e);
      return ExitCode.ENVIRONMENT.code();
    }
  }
}
