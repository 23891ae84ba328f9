package dev.lastgood.rehearse;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Inventory;
import java.util.Optional;

/// The two releases a rehearsal is about: the real ones where they could be listed.
///
/// @param from where they were taken from, for people
record Seed(String good, String bad, String from) {
  static final Seed MADE_UP = new Seed("rehearsed-good", "rehearsed-bad", "made-up releases");

  boolean isMadeUp() {
    return good.equals(MADE_UP.good());
  }

  /// What is live now plays the bad one; the one before it, the good one.
  static Optional<Seed> of(Inventory real) {
    return real.live()
        .flatMap(live -> {
          int at = real.releases().stream().map(Release::id).toList().indexOf(live.id());
          return real.releases().stream()
              .skip(at + 1L)
              .findFirst()
              .map(before ->
                  new Seed(
                      before.id(),
                      live.id(),
                      "its real releases " + before.id() + " and " + live.id()));
        });
  }
}
