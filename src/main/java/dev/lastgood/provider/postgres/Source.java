package dev.lastgood.provider.postgres;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// What a release can be restored from.
///
/// @param form how the file is written, which decides what reads it
/// @param at when it was taken, as far as it says
/// @param bytes size of the database, or of the file where nothing else is known
/// @param manifest what it must be like; only Lastgood's own snapshots have one
/// @param unusable why it is no source
record Source(
    String release,
    Path path,
    Form form,
    Optional<Instant> at,
    long bytes,
    Optional<Manifest> manifest,
    Optional<String> unusable) {
  enum Form {
    CUSTOM,
    DIRECTORY,
    PLAIN,
    PLAIN_GZ,
    NONE
  }

  static Source of(Snapshots.Kept kept) {
    return new Source(
        kept.id(),
        kept.dump(),
        Form.DIRECTORY,
        kept.manifest().map(Manifest::at),
        kept.manifest().map(Manifest::bytes).orElse(0L),
        kept.manifest(),
        kept.unusable());
  }

  Source unusable(String why) {
    return new Source(
        release, path, form, at, bytes, manifest, unusable.or(() -> Optional.of(why)));
  }
}
