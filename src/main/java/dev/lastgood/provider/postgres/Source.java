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
/// @param point where replay stops, when it comes out of the write-ahead log
/// @param unusable why it is no source
record Source(
    String release,
    Path path,
    Form form,
    Optional<Instant> at,
    long bytes,
    Optional<Manifest> manifest,
    Optional<RestorePoint> point,
    Optional<String> unusable) {
  enum Form {
    /// An idle database on the same server.
    COPY,
    /// A replica that stands at the point, and is gone over to.
    PROMOTED,
    /// A replica that stands at the point, and is read.
    REPLICA,
    /// Base backup and log.
    ARCHIVE,
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
        Optional.empty(),
        kept.unusable());
  }

  /// The same snapshot out of something else than its dump.
  Source as(Form other, Optional<RestorePoint> from) {
    return new Source(release, path, other, at, bytes, manifest, from, Optional.empty());
  }

  /// The same, written as a dump in directory format.
  Source dumped(Path dump) {
    return new Source(release, dump, Form.DIRECTORY, at, bytes, manifest, point, Optional.empty());
  }

  Source unusable(String why) {
    return new Source(
        release, path, form, at, bytes, manifest, point, unusable.or(() -> Optional.of(why)));
  }

  /// For people: what it is, and why it is no source. Empty when it is one.
  String why() {
    return unusable.map(why -> why.contains(path.toString()) ? why : path + " " + why).orElse("");
  }

  /// What it must be like when it stands beside the live database. Rows are compared only where
  /// their number is known exactly.
  ///
  /// @param behind whether it was brought up from a point that is not exactly the snapshot's
  Optional<Content> wanted(Content found, boolean behind) {
    boolean exact = !behind && point.map(RestorePoint::exact).orElse(true);
    return manifest
        .map(Manifest::content)
        .map(c -> exact ? c : new Content(found.rows(), c.shape(), c.written()));
  }

  boolean isDump() {
    return switch (form) {
      case CUSTOM, DIRECTORY, PLAIN, PLAIN_GZ, NONE -> true;
      case COPY, PROMOTED, REPLICA, ARCHIVE -> false;
    };
  }

  /// For people: what it comes out of.
  String from() {
    return switch (form) {
      case COPY -> "its copy on the server";
      case PROMOTED -> "the promoted replica";
      case REPLICA -> "the armed replica";
      case ARCHIVE -> "the archive of the log";
      case DIRECTORY, CUSTOM, PLAIN, PLAIN_GZ, NONE -> "its dump";
    };
  }
}
