package dev.lastgood.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// The command line: finds the command, runs it, gives its exit code.
public final class Cli {
  private final Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
  private final Terminal terminal;

  /// @param demo makes the `demo` command, which lives with the demo
  public Cli(Doors doors, Terminal terminal, Supplier<Object> demo) {
    this.terminal = terminal;
    commands.put("init", () -> new InitCommand(terminal));
    commands.put("check", () -> new CheckCommand(doors, terminal));
    commands.put("status", () -> new StatusCommand(doors, terminal));
    commands.put("record", () -> new RecordCommand(doors, terminal));
    commands.put("snapshot", () -> new SnapshotCommand(doors, terminal));
    commands.put("mark", () -> new MarkCommand(doors, terminal));
    commands.put("decide", () -> new DecideCommand(doors, terminal));
    commands.put("plan", () -> new PlanCommand(doors, terminal));
    commands.put("rollback", () -> new RollbackCommand(doors, terminal));
    commands.put("approve", () -> new ApproveCommand(doors, terminal));
    commands.put("resume", () -> new ResumeCommand(doors, terminal));
    commands.put("stop", () -> new StopCommand(doors, terminal));
    commands.put("undo", () -> new UndoCommand(doors, terminal));
    commands.put("hold", () -> new HoldCommand(doors, terminal));
    commands.put("release", () -> new ReleaseCommand(doors, terminal));
    commands.put("account", () -> new AccountCommand(doors, terminal));
    commands.put("salvage", () -> new SalvageCommand(doors, terminal));
    commands.put("show", () -> new ShowCommand(doors, terminal));
    commands.put("log", () -> new LogCommand(doors, terminal));
    commands.put("postmortem", () -> new PostmortemCommand(doors, terminal));
    commands.put("demo", demo);
    commands.put("completion", () -> new CompletionCommand(this, terminal));
  }

  public int run(String version, String... args) {
    CommandLine line = line(version, wanted(args));
    line.setExecutionExceptionHandler((e, _, _) -> defect(e));
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
    CommandSpec spec = CommandSpec.forAnnotatedObject(new Root());
    spec.version("lastgood " + version);
    CommandLine line = new CommandLine(spec);
    commands.forEach((name, command) -> {
      if (wanted.contains(name)) {
        line.addSubcommand(name, command.get());
      }
    });
    line.setUsageHelpWidth(100);
    return line;
  }

  String completion() {
    return AutoComplete.bash("lastgood", line("", commands.keySet()));
  }

  private int badInput(ParameterException e, String... args) {
    terminal.error(
        String.valueOf(e.getMessage())
            .replaceFirst(
                "^Unmatched arguments? (at index|from index) \\d+: ",
                "This is no command or argument here: "));
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

  private int defect(Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return ExitCode.WAITING.code();
    }
    terminal.error("This is a defect of Lastgood; please report it with the lines below.");
    terminal.error(e + trace(e));
    return ExitCode.BUG.code();
  }

  private static String trace(Throwable e) {
    return java.util.Arrays.stream(e.getStackTrace())
            .limit(12)
            .map(f -> "\n    at " + f)
            .collect(Collectors.joining())
        + (e.getCause() == null ? "" : "\n  caused by " + e.getCause() + trace(e.getCause()));
  }

  @Command(
      name = "lastgood",
      header = "Takes a system broken in production back to the last state that was proven good.",
      synopsisSubcommandLabel = "COMMAND",
      commandListHeading = "%nCommands:%n",
      footer = {
        "",
        "Begin with: lastgood init, lastgood record, lastgood status.",
        "At 3 a.m.:  lastgood rollback",
        "",
        "Exit codes: 0 done, 2 your input, 3 environment, 4 refused, 5 a person must look,",
        "            6 not over, 70 a defect of Lastgood."
      })
  static final class Root implements Runnable {
    @Option(
        names = {"-V", "--version"},
        versionHelp = true,
        description = "The version.")
    boolean version;

    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "This help.")
    boolean help;

    @CommandLine.Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
      throw new ParameterException(spec.commandLine(), "which command?");
    }
  }
}
