package dev.lastgood.database.migration;

import java.util.Optional;

/// One file with the way up and the way down: `-- migrate:up` (dbmate), `-- +goose Up` (goose).
final class Marked {
  private Marked() {}

  /// @return empty when the file has no such part
  static Optional<String> part(String text, boolean up) {
    var part = new StringBuilder();
    boolean inside = false;
    boolean found = false;
    for (String line : text.lines().toList()) {
      String mark = line.strip().toLowerCase(java.util.Locale.ROOT);
      if (mark.startsWith("-- migrate:up") || mark.startsWith("-- +goose up")) {
        inside = up;
        found |= up;
      } else if (mark.startsWith("-- migrate:down") || mark.startsWith("-- +goose down")) {
        inside = !up;
        found |= !up;
      } else if (inside) {
        part.append(line).append('\n');
      }
    }
    return found ? Optional.of(part.toString()) : Optional.empty();
  }
}
