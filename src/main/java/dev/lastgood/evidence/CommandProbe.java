package dev.lastgood.evidence;

import dev.lastgood.model.Measurement;
import dev.lastgood.model.Text;
import dev.lastgood.provider.local.Argv;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;

/// Runs a check that is a command.
///
/// @param folder of the configuration; relative paths start there
record CommandProbe(Check.Command command, String name, Duration timeout, Path folder) {
  private static final int SHOWN = 160;

  /// Address and version go to the command as variables: only it knows what to do with them.
  Measurement measure(Optional<String> address, Optional<String> expectedVersion) {
    var env = new HashMap<String, String>();
    env.put("LASTGOOD_CHECK", name);
    address.ifPresent(a -> env.put("LASTGOOD_ADDRESS", a));
    expectedVersion.ifPresent(v -> env.put("LASTGOOD_VERSION", v));
    if (command.argv().isEmpty()) {
      return new Measurement.Error("the command is empty");
    }
    return switch (new Argv(command.argv(), Optional.of(folder), env, timeout).run()) {
      case Argv.End.Exited exited -> exited(exited);
      case Argv.End.CutOff cut ->
          new Measurement.Error(Text.plain(cut.reason()) + last(cut.output()));
      case Argv.End.NotStarted not -> new Measurement.Error(Text.plain(not.reason()));
    };
  }

  private Measurement exited(Argv.End.Exited exited) {
    String says = "exit " + exited.code() + last(exited.output());
    if (exited.code() == 0) {
      return new Measurement.Healthy(says);
    }
    return command.unhealthyExits().contains(exited.code())
        ? new Measurement.Unhealthy(says)
        : new Measurement.Inconclusive(says + ", an exit this check does not know");
  }

  /// The last line it printed: programs say why at the end.
  private static String last(String output) {
    String last = "";
    for (String line : output.split("\n", -1)) {
      String plain = Text.plain(line);
      last = plain.isEmpty() ? last : plain;
    }
    return last.isEmpty() ? "" : ": \"" + Text.clip(last, SHOWN) + '"';
  }
}
