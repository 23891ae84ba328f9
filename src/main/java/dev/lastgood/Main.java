package dev.lastgood;

import dev.lastgood.cli.Cli;
import dev.lastgood.cli.Terminal;
import java.io.BufferedReader;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;

/// Starts here.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    int code = run(args);
    // System.exit looks for a logger in every jar before it ends: not where the JVM ends by itself
    if (code != 0 || othersWork()) {
      System.exit(code);
    }
  }

  /// Is there a thread that the JVM would wait for?
  private static boolean othersWork() {
    Thread[] threads = new Thread[Thread.activeCount() + 16];
    int n = Thread.enumerate(threads);
    for (int i = 0; i < n; i++) {
      if (!threads[i].equals(Thread.currentThread()) && !threads[i].isDaemon()) {
        return true;
      }
    }
    return n == threads.length;
  }

  /// Carries out one command and says its exit code. Never ends the JVM: the training run of the
  /// AOT cache calls it once for each typical command.
  static int run(String... args) {
    // answered before the command line library is loaded: scripts ask for it all the time
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      System.out.println("lastgood " + version());
      return 0;
    }
    Terminal terminal = terminal();
    var wiring = new Wiring(System::getenv, InstantSource.system(), version());
    wiring.warmUp(args.length > 0 && !args[0].equals("status"));
    return new Cli(
            wiring,
            terminal,
            () -> new DemoCommand(terminal.interactive(), InstantSource.system()).words)
        .run(version(), args);
  }

  private static Terminal terminal() {
    boolean interactive =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    boolean colour = interactive && System.getenv("NO_COLOR") == null;
    return new Terminal(
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
        interactive,
        colour,
        width());
  }

  /// As the shell says; 100 where it does not.
  private static int width() {
    String columns = System.getenv("COLUMNS");
    return columns != null && columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : 100;
  }

  /// As in the pom; "unpackaged" when run from class files.
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
