package dev.lastgood.flow;

import dev.lastgood.ledger.Deployment;
import dev.lastgood.run.Journal;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.Journal.RunRow;
import dev.lastgood.run.RunEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What happened to the system, from ledger and journal.
public final class History {
  private final Parts parts;

  History(Parts parts) {
    this.parts = parts;
  }

  /// @param kind `deploy`, `mark`, `hold` or `run`
  public record Happened(Instant at, String kind, String says) {}

  public List<Happened> newestFirst() {
    var scope = parts.config().scope();
    List<Happened> all = new ArrayList<>();
    parts
        .book()
        .deployments(scope)
        .forEach(d ->
            all.add(
                new Happened(
                    d.at(),
                    "deploy",
                    d.release().label()
                        + (d.state() == Deployment.State.FAILED
                            ? " failed its deploy"
                            : " went live")
                        + " ("
                        + (d.by().name().equals(d.source())
                            ? d.source()
                            : d.source() + ", " + d.by())
                        + ")")));
    parts
        .book()
        .marks(scope)
        .forEach(m ->
            all.add(
                new Happened(
                    m.at(),
                    "mark",
                    m.component()
                        + " "
                        + m.release()
                        + " is "
                        + (m.word() == dev.lastgood.ledger.Mark.Word.GOOD ? "good" : "bad")
                        + ", says "
                        + m.by()
                        + (m.reason().isEmpty() ? "" : ": " + m.reason()))));
    parts
        .book()
        .holds(scope)
        .forEach(h -> all.add(new Happened(h.from(), "hold", h.id() + ": " + Records.words(h))));
    parts.journal().runs().stream()
        .filter(
            r -> r.system().equals(scope.system()) && r.environment().equals(scope.environment()))
        .forEach(
            r -> all.add(new Happened(r.at(), "run", r.id() + " " + r.purpose() + ", " + end(r))));
    all.sort(Comparator.comparing(Happened::at).reversed());
    return all;
  }

  private String end(RunRow row) {
    if (!row.finished()) {
      return "not over";
    }
    Optional<Entry> last;
    try {
      last = parts.journal().entries(row.id()).reversed().stream().findFirst();
    } catch (Journal.Unreadable e) {
      return "its journal cannot be read: lastgood show " + row.id();
    }
    return last.map(Entry::event)
        .filter(RunEvent.Finished.class::isInstance)
        .map(RunEvent.Finished.class::cast)
        .map(f -> f.result().name().toLowerCase(java.util.Locale.ROOT) + ": " + f.says())
        .orElse("over");
  }
}
