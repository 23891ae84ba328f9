package dev.lastgood.provider.postgres;

import dev.lastgood.database.salvage.Prepared;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The slot of a snapshot, noted beside its manifest.
final class SlotFile {
  private static final String FILE = "slot.json";
  private static final int LARGEST = 64 << 20;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private SlotFile() {}

  static void write(Path folder, Prepared prepared) throws IOException {
    AtomicFiles.write(folder.resolve(FILE), MAPPER.writeValueAsString(prepared));
  }

  /// Empty when the snapshot was taken without one.
  static Optional<Prepared> read(Path folder) throws IOException {
    if (!Files.exists(folder.resolve(FILE))) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          MAPPER.readValue(AtomicFiles.read(folder.resolve(FILE), LARGEST), Prepared.class));
    } catch (JacksonException e) {
      throw new IOException(
          folder.resolve(FILE) + " cannot be read: it is not what was written", e);
    }
  }

  static Optional<Prepared> of(Snapshots snapshots, String release) throws IOException {
    Optional<Snapshots.Kept> kept = snapshots.find(release);
    return kept.isPresent() ? read(kept.get().folder()) : Optional.empty();
  }

  /// Names of the slots of all snapshots there are. One that cannot be read is nobody's reason to
  /// drop a slot.
  static Set<String> names(Snapshots snapshots) throws IOException {
    Set<String> names = new HashSet<>();
    for (Snapshots.Kept kept : snapshots.all()) {
      try {
        read(kept.folder()).ifPresent(p -> names.add(p.slot()));
      } catch (IOException e) {
        throw new IOException("the slot of " + kept.id() + ": " + Why.of(e), e);
      }
    }
    return names;
  }
}
