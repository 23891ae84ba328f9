package dev.lastgood;

import dev.lastgood.cli.Cli;
import dev.lastgood.cli.Terminal;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;

/// The command line as a script uses it, within this JVM: nobody can answer questions.
public final class InProcess {
  private InProcess() {}

  /// What a command left behind.
  public record Said(int exit, String out, String err) {}

  /// @param environment all variables that Lastgood sees
  public static Said lastgood(
      Map<String, String> environment, InstantSource clock, String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var terminal =
        new Terminal(
            print(out), print(err), new BufferedReader(new StringReader("")), false, false, 100);
    var wiring = new Wiring(environment::get, clock, "in-process");
    int exit =
        new Cli(wiring, terminal, () -> new DemoCommand(false, clock).words)
            .run("in-process", words);
    return new Said(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream print(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }
}
