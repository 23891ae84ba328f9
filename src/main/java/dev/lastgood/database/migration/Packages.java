package dev.lastgood.database.migration;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Django's state table names the migrations of installed packages, too (`auth`, `admin`…), whose
/// files are not in the project. Which of them a release brought is told by when they were applied.
public final class Packages {
  /// One call of `migrate` applies those of packages and those of the project.
  private static final Duration ONE_CALL = Duration.ofHours(1);

  private static final String NEWER =
      "it belongs to an installed package, and came after what the target knows";

  private final List<Applied> earlier = new ArrayList<>();
  private final List<Applied> later = new ArrayList<>();

  /// @param wanted migrations of the target's folder
  /// @param newer migrations of the folder of what is live
  /// @param applied the state table, oldest first
  public Packages(List<Migration> wanted, List<Migration> newer, List<Applied> applied) {
    Set<String> apps =
        Stream.concat(wanted.stream(), newer.stream())
            .map(m -> app(m.id()))
            .collect(Collectors.toSet());
    Set<String> known = wanted.stream().map(Migration::id).collect(Collectors.toSet());
    Optional<Instant> end =
        applied.stream()
            .filter(a -> known.contains(a.id()))
            .flatMap(a -> a.at().stream())
            .max(Comparator.naturalOrder())
            .map(t -> t.plus(ONE_CALL));
    boolean since = false;
    for (Applied row : applied) {
      if (apps.contains(app(row.id()))) {
        since |= !known.contains(row.id());
      } else {
        boolean late = since || end.isEmpty() || row.at().filter(end.get()::isBefore).isPresent();
        (late ? later : earlier).add(row);
      }
    }
  }

  private static String app(String id) {
    return id.substring(0, Math.max(0, id.indexOf('.')));
  }

  /// What the target has, with what its packages had brought by then.
  public List<Migration> of(List<Migration> wanted) {
    return with(wanted, earlier, "");
  }

  /// What is live has, with what packages brought since.
  public List<Migration> since(List<Migration> newer) {
    return with(newer, later, NEWER);
  }

  private static List<Migration> with(List<Migration> own, List<Applied> more, String why) {
    return Stream.concat(own.stream(), more.stream().map(a -> Migration.silent(a.id(), why)))
        .toList();
  }
}
