package dev.lastgood.provider.local;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The processes of an nginx of another host, as its `/proc` shows them: one question each, and
/// times by that machine's clock.
final class NginxProcessesElsewhere extends NginxProcesses {
  private static final Duration COMMAND = Duration.ofSeconds(10);

  private final Host host;

  NginxProcessesElsewhere(Host host, InstantSource clock) {
    super(host.path("/proc"), clock);
    this.host = host;
  }

  @Override
  Optional<Processes.Stat> stat(long pid) {
    return shell("cat \"/proc/$1/stat\" 2>/dev/null", Long.toString(pid)).flatMap(Processes::parse);
  }

  /// Behind the last parenthesis stand the state and the parent.
  @Override
  Stream<Processes.Stat> children(long parent) {
    return shell(
            "cat /proc/[0-9]*/stat 2>/dev/null | grep -a \") [A-Za-z] $1 \"; :",
            Long.toString(parent))
        .stream()
        .flatMap(String::lines)
        .map(Processes::parse)
        .flatMap(Optional::stream);
  }

  @Override
  Clocks clocks() throws IOException {
    String text =
        shell("date +%s.%N; cat /proc/uptime; date +%s.%N")
            .orElseThrow(() -> new IOException(host.name() + " does not tell its time"));
    List<String> lines = text.lines().toList();
    try {
      return new Clocks(instant(lines.get(0)), up(lines.get(1)), instant(lines.get(2)));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw new IOException(host.name() + " tells its time in an unknown shape", e);
    }
  }

  private static Instant instant(String text) {
    BigDecimal seconds = new BigDecimal(text.strip());
    return Instant.ofEpochSecond(
        seconds.longValue(), seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
  }

  private Optional<String> shell(String script, String... words) {
    var command = new java.util.ArrayList<>(List.of("sh", "-c", script, "sh"));
    command.addAll(List.of(words));
    return host.run(new Argv(command, Optional.empty(), Map.of(), COMMAND))
                instanceof Argv.End.Exited(int code, String output)
            && code == 0
        ? Optional.of(output)
        : Optional.empty();
  }
}
