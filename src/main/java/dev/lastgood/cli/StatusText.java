package dev.lastgood.cli;

import dev.lastgood.condition.Durations;
import dev.lastgood.flow.Records;
import dev.lastgood.flow.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/// Status for people.
final class StatusText {
  private final Terminal terminal;

  StatusText(Terminal terminal) {
    this.terminal = terminal;
  }

  void show(Status status) {
    terminal.line(
        terminal.bold(status.system() + "/" + status.environment())
            + "  "
            + status
                .knownGood()
                .map(why -> terminal.green("known good") + ": " + why)
                .orElse(terminal.yellow(notGood(status))));
    int wide = widest(status.components().stream().map(Status.Line::component).toList());
    for (Status.Line line : status.components()) {
      terminal.line("  " + padded(line.component(), wide) + "  " + live(line, status.at()));
      line.notes().forEach(n -> terminal.line("  " + padded("", wide) + "  " + terminal.dim(n)));
    }
    int names = widest(List.copyOf(status.checks().keySet()));
    status
        .checks()
        .forEach((name, seen) ->
            terminal.line(
                "  "
                    + sign(seen.word())
                    + " "
                    + padded(name, names)
                    + "  "
                    + seen.word()
                    + ": "
                    + seen.says()));
    terminal.line("Back to: " + backTo(status));
    status
        .holds()
        .forEach(h -> terminal.line(terminal.yellow("Hold " + h.id()) + ": " + Records.words(h)));
    status
        .run()
        .ifPresent(r ->
            terminal.line(
                terminal.yellow("Run " + r.run()) + " (" + r.purpose() + "): " + r.says()));
  }

  private static String notGood(Status status) {
    return status.unseen().isEmpty()
        ? "not known good"
        : "known good or not cannot be said: " + unseen(status);
  }

  private static String unseen(Status status) {
    return String.join(", ", status.unseen()) + " could not be looked at";
  }

  private String backTo(Status status) {
    Status.Target target = status.target();
    if (!target.releases().isEmpty()) {
      return target.releases().entrySet().stream()
              .map(e -> e.getKey() + " " + e.getValue())
              .collect(Collectors.joining(", "))
          + "  "
          + terminal.dim(target.why());
    }
    if (!status.unseen().isEmpty()) {
      return terminal.yellow("cannot be said")
          + ": "
          + unseen(status)
          + ". Of what could be: "
          + target.why();
    }
    if (status.knownGood().isEmpty()) {
      return terminal.red("nowhere") + ": " + target.why();
    }
    boolean sick =
        status.checks().values().stream().anyMatch(seen -> !seen.word().equals("healthy"));
    return sick
        ? "nowhere: what is live is the known good state itself, and no other one can be reached"
        : "no need: what is live is known good, and no other known good state can be reached";
  }

  private String live(Status.Line line, Instant now) {
    if (line.trouble().isPresent()) {
      return terminal.red("unreachable: " + line.trouble().get());
    }
    if (line.live().isEmpty()) {
      return terminal.red("nothing is live");
    }
    String version =
        line.version()
            .filter(v -> !v.equals(line.live().get()))
            .map(v -> " (" + v + ")")
            .orElse("");
    return terminal.bold(line.live().get())
        + version
        + line.since().map(s -> "  for " + ago(s, now)).orElse("")
        + (line.recorded() ? "" : terminal.yellow("  not in the ledger: lastgood record"))
        + line.bad().map(b -> "  " + terminal.red("bad: " + b)).orElse("");
  }

  private static String ago(Instant since, Instant now) {
    Duration age = Duration.between(since, now);
    return age.isNegative()
        ? "no time (the clock went back)"
        : Durations.shown(Duration.ofSeconds(age.toSeconds()));
  }

  private String sign(String word) {
    return switch (word) {
      case "healthy" -> terminal.green("✓");
      case "unhealthy" -> terminal.red("✗");
      default -> terminal.yellow("?");
    };
  }

  private static int widest(List<String> words) {
    return words.stream().mapToInt(String::length).max().orElse(0);
  }

  private static String padded(String word, int wide) {
    return word + " ".repeat(Math.max(0, wide - word.length()));
  }
}
