package dev.lastgood.database.migration;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Revisions of Alembic: each names those it stands on, and the state table holds only those on
/// which none stands yet.
final class Revisions {
  private static final Pattern NAME = Pattern.compile("['\"]([^'\"\\s]+)['\"]");
  private static final Pattern OWN = assigned("revision");
  private static final Pattern BEFORE = assigned("down_revision");
  private static final Pattern DEPENDS = assigned("depends_on");

  private Revisions() {}

  /// `revision: str = "a"`, `down_revision = ("a", "b")`, over several lines, too.
  private static Pattern assigned(String name) {
    return Pattern.compile(
        "(?m)^" + name + "\\s*(?::[^=\\n]*)?=\\s*([(\\[][^)\\]]*[)\\]]|[^\\n#]*)");
  }

  /// What a revision stands on comes before it; else the order of the files.
  static List<Migration> read(SortedMap<String, String> files) {
    Map<String, Migration> all = new LinkedHashMap<>();
    files.forEach((path, text) -> {
      List<String> own = names(OWN, text);
      if (path.endsWith(".py") && !own.isEmpty()) {
        List<String> before = new ArrayList<>(names(BEFORE, text));
        before.addAll(names(DEPENDS, text));
        all.put(own.getFirst(), revision(own.getFirst(), text).after(before));
      }
    });
    Map<String, Migration> sorted = new LinkedHashMap<>();
    boolean more = true;
    while (more) {
      more = false;
      for (Migration one : all.values()) {
        boolean ready = one.previous().stream().noneMatch(p -> waits(p, all, sorted));
        more |= ready && sorted.putIfAbsent(one.id(), one) == null;
      }
    }
    all.forEach(sorted::putIfAbsent);
    return List.copyOf(sorted.values());
  }

  private static Migration revision(String id, String text) {
    if (Upgrade.isEmpty(text)) {
      return Migration.sql(id, "", Optional.empty(), Optional.empty()).translated();
    }
    boolean alone =
        names(BEFORE, text).size() <= 1
            && (isNone(BEFORE, text) || !names(BEFORE, text).isEmpty())
            && (isNone(DEPENDS, text) || !DEPENDS.matcher(text).find());
    return alone
        ? Migration.code(id, Optional.empty(), Optional.empty(), "Python")
        : Migration.together(id);
  }

  private static boolean isNone(Pattern assignment, String text) {
    Matcher found = assignment.matcher(text);
    return found.find() && List.of("None", "()", "[]").contains(found.group(1).strip());
  }

  private static boolean waits(
      String before, Map<String, Migration> all, Map<String, Migration> sorted) {
    return all.containsKey(before) && !sorted.containsKey(before);
  }

  private static List<String> names(Pattern assignment, String text) {
    Matcher found = assignment.matcher(text);
    return found.find()
        ? NAME.matcher(found.group(1)).results().map(r -> r.group(1)).toList()
        : List.of();
  }

  /// The newest ones, with everything they stand on.
  ///
  /// @param known in their order
  static List<Applied> upTo(List<Applied> newest, List<Migration> known) {
    Set<String> there = new HashSet<>();
    newest.forEach(n -> there.add(n.id()));
    for (Migration migration : known.reversed()) {
      if (there.contains(migration.id())) {
        there.addAll(migration.previous());
      }
    }
    List<Applied> all = new ArrayList<>();
    for (Migration migration : known) {
      if (there.remove(migration.id())) {
        all.add(Applied.done(migration.id()));
      }
    }
    newest.stream().filter(n -> there.contains(n.id())).forEach(all::add);
    return all;
  }
}
