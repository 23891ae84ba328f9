package dev.lastgood.cli;

import java.util.concurrent.Callable;

final class CompletionCommand implements Callable<Integer> {
  final Words words =
      new Words(
          this,
          "completion",
          "Print a completion script for bash and zsh: source <(lastgood completion)");
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
