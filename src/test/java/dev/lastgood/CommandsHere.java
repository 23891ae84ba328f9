package dev.lastgood;

import dev.lastgood.cli.Cli;
import dev.lastgood.cli.Terminal;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Lastgood's commands in this process, typed by somebody in a folder.
public record CommandsHere(Path config, Map<String, String> environment) {
  public record Said(int exit, String text) {}

  /// The same desk, with somebody else at it.
  public CommandsHere as(String person) {
    var other = new TreeMap<>(environment);
    other.put("SUDO_USER", person);
    return new CommandsHere(config, other);
  }

  public Said type(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-c", config.toString()));
    var text = new ByteArrayOutputStream();
    var out = new PrintStream(text, true, StandardCharsets.UTF_8);
    var wiring = new Wiring(environment::get, InstantSource.system(), "test");
    var terminal =
        new Terminal(out, out, new BufferedReader(new StringReader("")), false, false, 100);
    int exit =
        new Cli(wiring, terminal, () -> new DemoCommand(false, InstantSource.system()).words)
            .run("test", all.toArray(String[]::new));
    return new Said(exit, text.toString(StandardCharsets.UTF_8));
  }
}
