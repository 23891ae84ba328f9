package dev.lastgood.ledger;

import dev.lastgood.model.Constellation;
import dev.lastgood.model.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Which constellations were proven good.
///
/// - A soak proves the constellation that passed it.
/// - A person's word for one release proves the constellation that release was part of: the newest
///   one before the word was given, of those in which no release is bad; else the first one after.
///   The person saw the system work, and that is what ran.
/// - Words for releases the ledger never saw live, as in a system that was just adopted, are taken
///   together: the newest one of each component. It comes after everything that was seen live.
///
/// Newest is what went live last, because it is nearest to the data and the schema of today.
final class Proven {
  private final History history;
  private final BadList badList;
  private final List<Proof> proofs = new ArrayList<>();

  /// @param since used when the deployments do not say when it went live
  private record Proof(Constellation live, Instant since, String why) {}

  private final List<Mark> unseen = new ArrayList<>();

  Proven(History history, Soaks soaks, BadList badList, List<Mark> marks) {
    this.history = history;
    this.badList = badList;
    for (Soaks.Soak row : soaks.passed()) {
      proofs.add(new Proof(row.live(), row.first(), words(row)));
    }
    for (Mark mark : marks) {
      if (mark.word() == Mark.Word.GOOD && !bad(mark.about())) {
        vouch(mark);
      }
    }
  }

  private void vouch(Mark mark) {
    List<Stretch> with =
        history.stretches().stream().filter(s -> History.has(s.live(), mark.about())).toList();
    List<Stretch> before = with.stream().filter(s -> !s.from().isAfter(mark.at())).toList();
    Optional<Stretch> meant =
        before.isEmpty()
            ? with.stream().filter(this::sound).findFirst()
            : before.reversed().stream().filter(this::sound).findFirst();
    meant.ifPresent(s -> proofs.add(new Proof(s.live(), s.from(), words(mark))));
    if (with.isEmpty()) {
      unseen.add(mark);
    }
  }

  private boolean sound(Stretch stretch) {
    return stretch.live().releases().values().stream().noneMatch(this::bad);
  }

  private boolean bad(Release release) {
    return badList.bad(release, _ -> Optional.empty()).isPresent();
  }

  List<KnownGood> newestFirst() {
    List<KnownGood> all = new ArrayList<>();
    for (Proof proof : proofs.reversed()) {
      if (all.stream().noneMatch(g -> g.constellation().sameReleases(proof.live()))) {
        all.add(new KnownGood(proof.live(), Optional.of(lastLive(proof)), reasons(proof.live())));
      }
    }
    all.sort(
        Comparator.comparing(
            (KnownGood g) -> g.lastLive().orElse(Instant.MIN), Comparator.reverseOrder()));
    if (!unseen.isEmpty()) {
      all.add(vouchedForOnly());
    }
    return List.copyOf(all);
  }

  /// Each reason once, in the order in which they came up.
  private List<String> reasons(Constellation live) {
    return proofs.stream()
        .filter(p -> p.live().sameReleases(live))
        .map(Proof::why)
        .distinct()
        .toList();
  }

  private Instant lastLive(Proof proof) {
    return history.stretches().reversed().stream()
        .filter(s -> s.live().sameReleases(proof.live()))
        .map(Stretch::from)
        .findFirst()
        .orElse(proof.since());
  }

  private KnownGood vouchedForOnly() {
    Map<String, Mark> newest = new TreeMap<>();
    unseen.forEach(m -> newest.put(m.component(), m));
    Constellation together =
        Constellation.of(
            newest.values().stream().map(m -> history.known(m.about())).toArray(Release[]::new));
    return new KnownGood(
        together, Optional.empty(), newest.values().stream().map(Proven::words).toList());
  }

  private static String words(Soaks.Soak row) {
    return "passed its checks from "
        + BadList.shown(row.first())
        + " to "
        + BadList.shown(row.last())
        + " ("
        + row.looks()
        + (row.looks() == 1 ? " look)" : " looks)");
  }

  private static String words(Mark mark) {
    return mark.component()
        + " "
        + mark.release()
        + " was marked good by "
        + mark.by()
        + " at "
        + BadList.shown(mark.at())
        + (mark.reason().isBlank() ? "" : ": " + mark.reason());
  }
}
