package dev.lastgood.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.stream.Collectors;

/// The end of the story: what the customers met, counted outside Lastgood.
final class Ending {
  static final String POST_MORTEM = "post-mortem.md";
  static final String TRAFFIC = "traffic.json";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

  private final ShopPlace place;
  private final PrintStream out;
  private final Timeline timeline;

  Ending(ShopPlace place, PrintStream out, Timeline timeline) {
    this.place = place;
    this.out = out;
    this.timeline = timeline;
  }

  /// @param moved when the front door began to send everybody to v1
  /// @return exit code: 0 if no customer was lost by the switch and no order at all
  int tell(Tally tally, Optional<Instant> moved) throws IOException {
    tally.firstFailed().ifPresent(at -> timeline.add(at, "the first customer is not served"));
    tally.recovered().ifPresent(at -> timeline.add(at, "customers are served again"));
    out.println();
    out.println("== What happened");
    for (Timeline.Moment moment : timeline.moments()) {
      out.println("  " + TIME.format(moment.at()) + "  " + moment.what());
    }
    out.println();
    out.println("== What the customers met");
    long after = moved.map(tally::failedBegunAfter).orElse(tally.failed());
    line("requests", tally.ok() + tally.failed());
    line("failed", tally.failed() + reasons(tally));
    line("failed after the switch", after);
    line(
        "downtime",
        tally.downtime().map(d -> d.toMillis() + " ms").orElse("not over")
            + "  (first failed request to the first one served after the last failed one)");
    moved
        .flatMap(m -> tally.firstFailed().map(f -> Duration.between(f, m)))
        .ifPresent(d -> line("of it, until the switch", d.toMillis() + " ms"));
    long kept = Files.readAllLines(place.orders()).size();
    line("orders confirmed", tally.orders() + ", in the store " + kept);
    out.println();
    out.println("== To read");
    file("post-mortem draft", place.folder().resolve(POST_MORTEM));
    file("traffic, by the second", place.folder().resolve(TRAFFIC));
    file("configuration", place.config());
    file("evidence and journal", place.folder().resolve("state"));
    out.flush();
    return after == 0 && kept >= tally.orders() ? 0 : 1;
  }

  private static String reasons(Tally tally) {
    return tally.reasons().entrySet().stream()
        .map(e -> e.getValue() + " " + e.getKey())
        .collect(
            Collectors.joining(
                ", ", tally.failed() == 0 ? "" : "  (", tally.failed() == 0 ? "" : ")"));
  }

  private void line(String name, Object value) {
    out.println("  " + name + " ".repeat(Math.max(1, 26 - name.length())) + value);
  }

  private void file(String name, Path path) {
    line(name, path);
  }
}
