package dev.lastgood.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    header = "Print a completion script for bash and zsh: source <(lastgood completion)")
final class CompletionCommand implements Callable<Integer> {
  private final Cli cli;
  private final Terminal terminal;

  CompletionCommand(Cli cli, Terminal terminal) {
    this.cli = cli;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.line(cli.completion());
    return ExitCode.DONE.code();
  }
}
