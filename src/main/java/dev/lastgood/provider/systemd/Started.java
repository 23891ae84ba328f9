package dev.lastgood.provider.systemd;

import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/// Whether what runs was started out of the files that stand there.
///
/// systemd tells the time of a start to the second only, and the loaded files by one word. So
/// before a restart Lastgood writes down which invocation runs of what it is about to replace: any
/// other one has the new files, which were loaded by then. The note holds as long as no file is
/// touched.
record Started(Path note, UnitFiles files) {
  private static final int MOST = 1000;

  /// Right after the files were loaded, and before the restart.
  void about(String release, String invocation) throws IOException {
    AtomicFiles.write(note, release + "\n" + invocation + "\n" + files.changed() + "\n");
  }

  /// The restart was asked for, and came about.
  boolean noted(String release, Systemctl.Unit unit) throws IOException {
    Optional<String> before = before(release);
    return before.isPresent()
        && !unit.invocation().isEmpty()
        && !before.get().equals(unit.invocation());
  }

  /// The restart was asked for, and what ran before runs still.
  private boolean awaited(String release, Systemctl.Unit unit) throws IOException {
    return before(release).equals(Optional.of(unit.invocation()));
  }

  private Optional<String> before(String release) throws IOException {
    if (!Files.exists(note)) {
      return Optional.empty();
    }
    String[] lines = AtomicFiles.read(note, MOST).split("\n", -1);
    FileTime changed = files.changed();
    return lines.length == 4 && lines[0].equals(release) && lines[2].equals(changed.toString())
        ? Optional.of(lines[1])
        : Optional.empty();
  }

  /// What somebody else started, in the best second: a deploy writes the files and restarts within
  /// one.
  boolean perhaps(String release, Systemctl.Unit unit) throws IOException {
    Instant changed = Instant.ofEpochSecond(files.changed().toInstant().getEpochSecond());
    return noted(release, unit)
        || (!awaited(release, unit)
            && unit.started().filter(s -> !s.isBefore(changed)).isPresent());
  }

  /// Surely out of these files.
  boolean surely(String release, Systemctl.Unit unit) throws IOException {
    Instant changed = files.changed().toInstant();
    return noted(release, unit)
        || (!awaited(release, unit) && unit.started().filter(s -> s.isAfter(changed)).isPresent());
  }
}
