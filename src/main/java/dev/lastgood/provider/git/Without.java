package dev.lastgood.provider.git;

import dev.lastgood.provider.forge.Standing;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A release that never was: the head as it is now, one commit reverted.
///
/// @param commit full id of the commit that goes
/// @param head the head it is taken from; another head is another release
record Without(String commit, String head) {
  static boolean is(String id) {
    return of(id).isPresent();
  }

  static Optional<Without> of(String id) {
    Matcher match = Pattern.compile("without-([0-9a-f]{40,64})-on-([0-9a-f]{40,64})").matcher(id);
    return match.matches()
        ? Optional.of(new Without(match.group(1), match.group(2)))
        : Optional.empty();
  }

  String id() {
    return "without-" + commit + "-on-" + head;
  }

  /// A release as a part of a name.
  static String brief(String release) {
    return of(release)
        .map(w -> "without-" + Standing.cut(w.commit()))
        .orElseGet(() -> Standing.cut(release));
  }
}
