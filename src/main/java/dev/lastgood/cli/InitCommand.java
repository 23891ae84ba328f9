package dev.lastgood.cli;

import dev.lastgood.flow.Found;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

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
  private boolean json;

  InitCommand(Terminal terminal) {
    this.terminal = terminal;
    words.maybePathArgument("FOLDER", "Default: here.", v -> folder = v);
    words.flag("--print", "Print the proposal instead of writing it.", v -> print = v);
    words.flag("--json", "One JSON document on standard output instead of text.", v -> json = v);
  }

  @Override
  public Integer call() {
    if (!Files.isDirectory(folder)) {
      return failed(
          ExitCode.INPUT, folder + " is not a folder. Which folder does the system live in?");
    }
    Path file = folder.resolve("lastgood.yaml");
    try {
      Found found = Found.in(folder.toAbsolutePath().normalize());
      String proposal = found.yaml();
      if (!print) {
        Files.writeString(file, proposal, StandardOpenOption.CREATE_NEW);
      }
      if (json) {
        terminal.document(document(found, proposal, file));
        return ExitCode.DONE.code();
      }
      if (print) {
        terminal.line(proposal);
        return ExitCode.DONE.code();
      }
      found.says().forEach(s -> terminal.line("found " + s));
      terminal.line("written: " + file);
      terminal.line("Next: read it, then `lastgood check`, `lastgood record`, `lastgood status`.");
      return ExitCode.DONE.code();
    } catch (FileAlreadyExistsException e) {
      return failed(
          ExitCode.REFUSED,
          file + " is there already and was left as it is. See a proposal with --print");
    } catch (IOException e) {
      return failed(ExitCode.ENVIRONMENT, file + " cannot be written: " + e);
    }
  }

  private Map<String, @Nullable Object> document(Found found, String proposal, Path file) {
    var document = new TreeMap<String, @Nullable Object>();
    document.put("written", print ? null : file.toString());
    document.put("yaml", proposal);
    document.put("says", found.says());
    return document;
  }

  private int failed(ExitCode code, String says) {
    if (json) {
      terminal.document(Json.error(code, says));
    } else {
      terminal.error(says);
    }
    return code.code();
  }
}
