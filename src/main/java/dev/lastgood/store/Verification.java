package dev.lastgood.store;

import dev.lastgood.run.Chain;
import dev.lastgood.run.Journal.Head;
import dev.lastgood.run.RunId;
import java.util.List;
import java.util.Optional;

/// Reads a run again as it is stored, without understanding its events, and says what does not fit.
///
/// The chain proves that entries belong together in this order; it cannot prove that nobody wrote
/// the whole run anew. For that, keep a [Head] elsewhere.
final class Verification {
  private final Database database;
  private final RunId run;

  Verification(Database database, RunId run) {
    this.database = database;
    this.run = run;
  }

  private record Stored(long seq, long at, long epoch, String kind, String body, String hash) {}

  private record Of(String planHash, String plan, boolean finished) {}

  Optional<String> fault(Optional<Head> published) {
    Optional<Of> of =
        database.plainly(sql ->
            sql.first(
                "select plan_hash, plan, finished_at is not null from run where id = ?",
                row -> new Of(row.getString(1), row.getString(2), row.getBoolean(3)),
                run.value()));
    if (of.isEmpty()) {
      return Optional.of("there is no run " + run);
    }
    if (!Chain.hash(of.get().plan()).equals(of.get().planHash())) {
      return Optional.of("the plan was changed after it was proposed");
    }
    List<Stored> entries =
        database.plainly(sql ->
            sql.list(
                "select seq, at, epoch, kind, body, hash from run_event where run = ?"
                    + " order by seq",
                row ->
                    new Stored(
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6)),
                run.value()));
    return chain(of.get(), entries)
        .or(() -> end(of.get(), entries))
        .or(() -> published.flatMap(head -> head(entries, head)));
  }

  private Optional<String> chain(Of of, List<Stored> entries) {
    String previous = of.planHash();
    long epoch = 0;
    for (int i = 0; i < entries.size(); i++) {
      Stored entry = entries.get(i);
      if (entry.seq() != i + 1L) {
        return Optional.of("entry " + (i + 1) + " is missing");
      }
      String hash =
          Chain.link(
              previous, run, entry.seq(), entry.at(), entry.epoch(), entry.kind(), entry.body());
      if (!hash.equals(entry.hash())) {
        return Optional.of(
            "entry "
                + entry.seq()
                + " ("
                + entry.kind()
                + ") was changed after it was written, or what was before it");
      }
      if (entry.epoch() < epoch) {
        return Optional.of(
            "entry " + entry.seq() + " was written under a claim that was lost before");
      }
      previous = hash;
      epoch = entry.epoch();
    }
    return Optional.empty();
  }

  private static Optional<String> end(Of of, List<Stored> entries) {
    if (entries.isEmpty()) {
      return Optional.of("all entries are missing");
    }
    boolean ends = entries.getLast().kind().equals("finished");
    if (of.finished() && !ends) {
      return Optional.of(
          "entries after " + entries.getLast().seq() + " are missing: the run has finished");
    }
    if (!of.finished() && ends) {
      return Optional.of("the run has finished, and somebody marked it as not finished");
    }
    return Optional.empty();
  }

  private static Optional<String> head(List<Stored> entries, Head head) {
    if (entries.size() < head.seq()) {
      return Optional.of(
          "entries after "
              + entries.size()
              + " are missing: there were "
              + head.seq()
              + " when the head was published");
    }
    return entries.get((int) head.seq() - 1).hash().equals(head.hash())
        ? Optional.empty()
        : Optional.of(
            "entry " + head.seq() + " is not the one whose hash was published: written anew");
  }
}
