package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a snapshot is kept as besides its dump. Where that fails, the dump is kept, and a note says
/// why; a snapshot that would then be nothing is refused.
record Besides(PostgresSettings settings, Copies copies, Points points, Optional<Replica> replica) {
  /// The replica is asked to have come to the point within this; it may come later, too.
  private static final Duration SOON = Duration.ofSeconds(5);

  /// Whether a dump is written, also when only a copy is wanted: it is made from the dump.
  boolean dumps() {
    return settings.keeps(SnapshotAs.DUMP) || settings.keeps(SnapshotAs.COPY);
  }

  /// One snapshot on its way.
  final class Course {
    private final List<String> notes = new ArrayList<>();
    private final String name;
    private boolean armed;
    private Optional<RestorePoint> point = Optional.empty();

    private Course(String snapshot) {
      this.name = Points.name(snapshot);
    }

    List<String> notes() {
      return List.copyOf(notes);
    }

    private void arm() throws InterruptedException {
      if (replica.isPresent()) {
        try {
          replica.get().arm(name);
          armed = true;
        } catch (PlatformUnreachable e) {
          notes.add("the replica is not armed, it will not bring this back: " + e.getMessage());
        }
      }
    }

    /// @param view whose transaction sees what the snapshot is
    void point(Session view) throws SQLException, PlatformUnreachable {
      if (!settings.keeps(SnapshotAs.POINT)) {
        return;
      }
      try {
        point = Optional.of(points.make(view, name));
        if (settings.archive().isPresent()) {
          points.archive();
        }
      } catch (SQLException e) {
        if (point.isEmpty() && !dumps()) {
          throw e;
        }
        notes.add(
            point.isEmpty()
                ? "no restore point was made: " + Server.why(e)
                : "the log with the restore point is archived when its segment is full: "
                    + Server.why(e));
      }
    }

    void write(java.nio.file.Path folder) throws IOException {
      if (point.isPresent()) {
        point.get().write(folder);
      }
    }

    /// When the snapshot is complete: waits a moment for the replica, and makes the copy.
    void complete(Session turn, Standing live, Snapshots.Kept kept, Duration longest)
        throws InterruptedException {
      try {
        if (armed && point.isPresent()) {
          notes.add(
              replica
                  .get()
                  .arrived(point.get(), SOON)
                  .orElse("the replica has stopped at " + point.get().says()));
        }
        if (settings.keeps(SnapshotAs.COPY)) {
          copy(turn, live, kept, longest);
        }
      } catch (PlatformUnreachable e) {
        notes.add(String.valueOf(e.getMessage()));
      } catch (SQLException e) {
        notes.add("no copy was made: " + Server.why(e));
      } catch (IOException e) {
        notes.add("the dump was not removed: " + Why.of(e));
      }
    }

    private void copy(Session turn, Standing live, Snapshots.Kept kept, Duration longest)
        throws SQLException, PlatformUnreachable, IOException {
      Copies.Made made = copies.make(turn, live, Source.of(kept), longest);
      notes.add(made.says());
      if (made.done() && !settings.keeps(SnapshotAs.DUMP)) {
        Snapshots.remove(kept.dump());
      }
    }
  }

  /// @param snapshot its id
  Course begin(String snapshot) throws InterruptedException {
    var course = new Course(snapshot);
    course.arm();
    return course;
  }
}
