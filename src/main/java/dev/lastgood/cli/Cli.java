package dev.lastgood.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/// The command line: finds the command, runs it, gives its exit code.
public final class Cli {
  private final Map<String, Supplier<Words>> commands = new LinkedHashMap<>();
  private final Terminal terminal;

  /// @param demo makes the `demo` command, which lives with the demo
  public Cli(Doors doors, Terminal terminal, Supplier<Words> demo) {
    this.terminal = terminal;
    commands.put("init", () -> new InitCommand(terminal).words);
    commands.put("check", () -> new CheckCommand(doors, terminal).words);
    commands.put("status", () -> new StatusCommand(doors, terminal).words);
    commands.put("record", () -> new RecordCommand(doors, terminal).words);
    commands.put("snapshot", () -> new SnapshotCommand(doors, terminal).words);
    commands.put("mark", () -> new MarkCommand(doors, terminal).words);
    commands.put("decide", () -> new DecideCommand(doors, terminal).words);
    commands.put("plan", () -> new PlanCommand(doors, terminal).words);
    commands.put("verdict", () -> new VerdictCommand(doors, terminal).words);
    commands.put("rollback", () -> new RollbackCommand(doors, terminal).words);
    commands.put("approve", () -> new ApproveCommand(doors, terminal).words);
    commands.put("resume", () -> new ResumeCommand(doors, terminal).words);
    commands.put("stop", () -> new StopCommand(doors, terminal).words);
    commands.put("undo", () -> new UndoCommand(doors, terminal).words);
    commands.put("hold", () -> new HoldCommand(doors, terminal).words);
    commands.put("release", () -> new ReleaseCommand(doors, terminal).words);
    commands.put("account", () -> new AccountCommand(doors, terminal).words);
    commands.put("salvage", () -> new SalvageCommand(doors, terminal).words);
    commands.put("show", () -> new ShowCommand(doors, terminal).words);
    commands.put("log", () -> new LogCommand(doors, terminal).words);
    commands.put("rehearse", () -> new RehearseCommand(doors, terminal).words);
    commands.put("postmortem", () -> new PostmortemCommand(doors, terminal).words);
    commands.put("demo", demo);
    commands.put("completion", () -> new CompletionCommand(this, terminal).words);
  }

  public int run(String version, String... args) {
    CommandLine line = line(version, wanted(args));
    line.setExecutionExceptionHandler((e, _, _) -> defect(e, args));
    line.setParameterExceptionHandler(this::badInput);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line.execute(args);
  }

  /// Only the command that is asked for is built: describing all of them takes longer than most do.
  private Set<String> wanted(String... args) {
    for (String arg : args) {
      if (commands.containsKey(arg)) {
        return Set.of(arg);
      }
      if (!arg.startsWith("-")) {
        break;
      }
    }
    return commands.keySet();
  }

  CommandLine line(String version, Set<String> wanted) {
    CommandLine line = new CommandLine(new Root().words.spec().version("lastgood " + version));
    commands.forEach((name, command) -> {
      if (wanted.contains(name)) {
        line.addSubcommand(name, command.get().spec().version("lastgood " + version));
      }
    });
    line.setUsageHelpWidth(100);
    return line;
  }

  String completion() {
    return AutoComplete.bash("lastgood", line("", commands.keySet()));
  }

  private int badInput(ParameterException e, String... args) {
    String says =
        String.valueOf(e.getMessage())
            .replaceFirst(
                "^Unmatched arguments? (at index|from index) \\d+: ",
                "This is no command or argument here: ");
    terminal.error(says);
    document(ExitCode.INPUT, says, args);
    List<String> close =
        CommandLine.UnmatchedArgumentException.class.isInstance(e)
            ? ((CommandLine.UnmatchedArgumentException) e).getSuggestions()
            : List.of();
    if (!close.isEmpty()) {
      terminal.error("Did you mean: " + String.join(" or ", close) + "?");
    }
    terminal.error("See: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return ExitCode.INPUT.code();
  }

  private void document(ExitCode code, String says, String... args) {
    if (List.of(args).contains("--json")) {
      terminal.document(Json.error(code, says));
    }
  }

  private int defect(Exception e, String... args) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return ExitCode.WAITING.code();
    }
    terminal.error("This is a defect of Lastgood; please report it with the lines below.");
    terminal.error(e + trace(e));
    document(ExitCode.BUG, "a defect of Lastgood: " + e, args);
    return ExitCode.BUG.code();
  }

  private static String trace(Throwable e) {
    return java.util.Arrays.stream(e.getStackTrace())
            .limit(12)
            .map(f -> "\n    at " + f)
            .collect(Collectors.joining())
        + (e.getCause() == null ? "" : "\n  caused by " + e.getCause() + trace(e.getCause()));
  }

  /// Lastgood without a command.
  private static final class Root implements Callable<Integer> {
    final Words words =
        new Words(
            this,
            "lastgood",
            "Takes a system broken in production back to the last state that was proven good.");

    Root() {
      words
          .spec()
          .usageMessage()
          .synopsisSubcommandLabel("COMMAND")
          .commandListHeading("%nCommands:%n")
          .footer(
              "",
              "Begin with: lastgood init, lastgood record, lastgood status.",
              "At 3 a.m.:  lastgood rollback",
              "",
              "Exit codes: 0 done, 2 your input, 3 environment, 4 refused, 5 a person must look,",
              "            6 not over, 70 a defect of Lastgood.");
    }

    @Override
    public Integer call() {
      throw new ParameterException(words.spec().commandLine(), "which command?");
    }
  }
}
