package dev.lastgood.provider.supabase;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a project could be restored from.
///
/// @param pitr whether every second between `earliest` and `latest` can be restored
/// @param all daily backups, newest first
record Backups(
    boolean pitr, Optional<Instant> earliest, Optional<Instant> latest, List<Backup> all) {
  /// @param status `COMPLETED` is the only good one
  record Backup(long id, boolean physical, String status, Instant taken) {
    String release() {
      return "backup-" + id;
    }

    /// Why it is never a target.
    Optional<String> unfit() {
      if (!status.equals("COMPLETED")) {
        return Optional.of("it is " + status);
      }
      return physical
          ? Optional.empty()
          : Optional.of("it is a logical one, which the API does not restore");
    }
  }

  Optional<Backup> find(String release) {
    return all.stream().filter(b -> b.release().equals(release)).findFirst();
  }

  /// Why this moment cannot be restored.
  Optional<String> unfit(Instant moment) {
    if (!pitr) {
      return Optional.of("point-in-time recovery is off for this project");
    }
    if (earliest.isEmpty() || moment.isBefore(earliest.get())) {
      return Optional.of(
          "the earliest moment that can be restored is "
              + earliest.map(Instant::toString).orElse("not known"));
    }
    return latest.filter(l -> !moment.isAfter(l)).isEmpty()
        ? Optional.of(
            "the latest moment that can be restored is "
                + latest.map(Instant::toString).orElse("not known")
                + "; wait some minutes")
        : Optional.empty();
  }
}
