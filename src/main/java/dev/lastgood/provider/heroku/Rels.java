package dev.lastgood.provider.heroku;

import java.util.List;
import java.util.Optional;

/// The releases of an app. A rollback is a release of its own to Heroku, and a copy of an older one
/// to everybody else.
///
/// @param newest newest first
record Rels(List<Rel> newest) {
  /// The one that runs: not the highest number, since a release whose phase failed never ran.
  Optional<Rel> current() {
    return newest.stream().filter(Rel::current).findFirst();
  }

  Optional<Rel> version(int version) {
    return newest.stream().filter(r -> r.version() == version).findFirst();
  }

  Optional<Rel> find(String id) {
    return newest.stream().filter(r -> r.id().equals(id)).findFirst();
  }

  /// The version of what it is a copy of, through copies of copies.
  int origin(Rel release) {
    int version = release.version();
    Optional<Integer> copyOf = release.copyOf();
    // Copies are always of older ones; anything else would go round for ever.
    while (copyOf.isPresent() && copyOf.get() < version) {
      version = copyOf.get();
      copyOf = version(version).flatMap(Rel::copyOf);
    }
    return version;
  }

  int highest() {
    return newest.isEmpty() ? 0 : newest.getFirst().version();
  }

  /// The newest release above `after` that is a copy of that version.
  Optional<Rel> copy(int version, int after) {
    return newest.stream()
        .filter(r -> r.version() > after && r.copyOf().isPresent() && origin(r) == version)
        .findFirst();
  }
}
