package dev.lastgood.model;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/// What to say when a name is not known: the nearest one that is, and the others.
public final class Names {
  private static final int LISTED = 30;

  private Names() {}

  /// ``; did you mean `backend`? Known: backend, frontend``, to be put after "unknown component
  /// `x`". Begins with a semicolon or is empty when nothing is known.
  public static String hint(String wrong, Collection<String> known) {
    if (known.isEmpty()) {
      return "";
    }
    String all = list(known);
    return nearest(wrong, known)
        .map(name -> "; did you mean `" + name + "`? Known: " + all)
        .orElse("; known: " + all);
  }

  /// The known name that `wrong` most probably meant; empty when none is near enough.
  public static Optional<String> nearest(String wrong, Collection<String> known) {
    String typed = plain(wrong);
    // a third of the letters may be wrong, as git and picocli allow
    int best = Math.max(1, typed.length() / 3) + 1;
    String nearest = "";
    for (String name : new TreeSet<>(known)) {
      int distance = distance(typed, plain(name));
      if (distance < best) {
        best = distance;
        nearest = name;
      }
    }
    return nearest.isEmpty() ? Optional.empty() : Optional.of(nearest);
  }

  private static String list(Collection<String> known) {
    List<String> sorted = List.copyOf(new TreeSet<>(known));
    return sorted.size() <= LISTED
        ? String.join(", ", sorted)
        : String.join(", ", sorted.subList(0, LISTED))
            + " and "
            + (sorted.size() - LISTED)
            + " more";
  }

  /// `rollBack`, `roll_back` and `Roll-Back` are near to `roll-back`.
  private static String plain(String name) {
    return Text.clip(name, 100).toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
  }

  /// Insertions, deletions, changes and swaps of neighbours that lead from one to the other.
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : step(cost, a, b, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int step(int[][] cost, String a, String b, int i, int j) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int least =
        Math.min(cost[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }
}
