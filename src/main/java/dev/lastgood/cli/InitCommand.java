package dev.lastgood.cli;

import dev.lastgood.flow.Found;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    header = "Look at a directory and propose a configuration for the system that lives there.",
    description = "Never overwrites a lastgood.yaml.")
final class InitCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FOLDER",
      defaultValue = ".",
      description = "Default: here.")
  Path folder = Path.of(".");

  @Option(names = "--print", description = "Print the proposal instead of writing it.")
  boolean print;

  private final Terminal terminal;

  InitCommand(Terminal terminal) {
    this.terminal = terminal;
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
