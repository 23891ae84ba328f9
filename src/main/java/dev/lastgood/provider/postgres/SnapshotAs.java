package dev.lastgood.provider.postgres;

/// What a snapshot is kept as; several may be wanted at once.
public enum SnapshotAs {
  /// A dump in a folder: portable, as slow to bring back as it is to restore.
  DUMP,
  /// An idle database on the same server: ten times as fast to bring back, gone with the server.
  COPY,
  /// A place in the write-ahead log, which a replica or an archive can bring back: costs nothing
  /// now.
  POINT
}
