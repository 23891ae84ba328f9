package dev.lastgood.provider.docker;

import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What Lastgood remembers of a volume: which generation is in it since when, and which volumes are
/// whole copies of which one. A volume carries no mark of its own that could be changed, and one
/// inside it would be seen by whoever uses it.
record Book(Path file) {
  private static final int MOST = 1 << 20;
  private static final String GENERATION = "g";

  /// @param digest of the listing of all of its files, as it was proven after the copy
  record Copy(String volume, int generation, String digest, Instant at) {}

  /// @param live generation in the volume
  /// @param restoring a generation that was being put there when a run was cut off; else 0
  /// @param since when the live one got there; what was copied before is older than it
  record Page(int live, int restoring, Instant since, List<Copy> copies) {
    Page {
      copies = List.copyOf(copies);
    }

    /// The newest whole copy of a generation.
    Optional<Copy> copy(int generation) {
      return copies.stream()
          .filter(c -> c.generation() == generation)
          .max(Comparator.comparing(Copy::at));
    }

    Page with(Copy copy) {
      List<Copy> all = new ArrayList<>(copies);
      all.add(copy);
      return new Page(live, restoring, since, all);
    }

    int next() {
      return copies.stream().mapToInt(Copy::generation).reduce(live, Math::max) + 1;
    }
  }

  static String id(int generation) {
    return GENERATION + generation;
  }

  /// @return empty when it is no id of a generation
  static Optional<Integer> number(String id) {
    try {
      int number = id.startsWith(GENERATION) ? Integer.parseInt(id.substring(1)) : 0;
      return number > 0 && id(number).equals(id) ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// @throws IOException if it cannot be read; one that is not there is the first generation
  Page read() throws IOException {
    int live = 1;
    int restoring = 0;
    Instant since = Instant.EPOCH;
    List<Copy> copies = new ArrayList<>();
    if (Files.exists(file)) {
      try {
        for (String line : AtomicFiles.read(file, MOST).lines().toList()) {
          String[] words = line.split(" ", -1);
          switch (words[0]) {
            case "live" -> {
              live = Integer.parseInt(words[1]);
              since = Instant.parse(words[2]);
            }
            case "restoring" -> restoring = Integer.parseInt(words[1]);
            case "copy" ->
                copies.add(
                    new Copy(
                        words[1], Integer.parseInt(words[2]), words[3], Instant.parse(words[4])));
            default -> throw new IOException(file + " has a line nobody knows: " + words[0]);
          }
        }
      } catch (NumberFormatException | DateTimeException | ArrayIndexOutOfBoundsException e) {
        throw new IOException(file + " is damaged: " + e.getMessage(), e);
      }
    }
    return new Page(live, restoring, since, copies);
  }

  void write(Page page) throws IOException {
    var text = new StringBuilder("live " + page.live() + " " + page.since() + "\n");
    if (page.restoring() > 0) {
      text.append("restoring ").append(page.restoring()).append('\n');
    }
    for (Copy copy : page.copies()) {
      text.append("copy ")
          .append(copy.volume())
          .append(' ')
          .append(copy.generation())
          .append(' ')
          .append(copy.digest())
          .append(' ')
          .append(copy.at())
          .append('\n');
    }
    AtomicFiles.write(file, text.toString());
  }
}
