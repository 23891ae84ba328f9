package dev.lastgood.provider.redis;

import dev.lastgood.database.salvage.Policy.Ambiguous;
import dev.lastgood.model.Doc;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whose state counts for keys that were written, changed or removed since a state was kept. Of
/// several prefixes that fit, the longest decides.
public record RedisSalvage(
    @Doc("Beginnings of keys that stay as they are: `cart:`.") List<String> keepLive,
    @Doc("Beginnings of keys that become again what they were.") List<String> keepRestored,
    @Doc("For all other keys; default: ask, which is keep-restored with a file to decide from.")
        Optional<Ambiguous> others) {
  public RedisSalvage {
    keepLive = List.copyOf(keepLive);
    keepRestored = List.copyOf(keepRestored);
  }

  /// What holds when nobody decided anything.
  static RedisSalvage usual() {
    return new RedisSalvage(List.of(), List.of(), Optional.empty());
  }

  List<String> prefixes() {
    List<String> all = new ArrayList<>(keepLive);
    all.addAll(keepRestored);
    return all;
  }

  Ambiguous answer(byte[] key) {
    String live = longest(keepLive, key);
    String restored = longest(keepRestored, key);
    if (live.isEmpty() && restored.isEmpty()) {
      return others.orElse(Ambiguous.ASK);
    }
    return live.length() > restored.length() ? Ambiguous.KEEP_LIVE : Ambiguous.KEEP_RESTORED;
  }

  /// The longest of these that the key begins with; empty when none.
  static String longest(List<String> prefixes, byte[] key) {
    String longest = "";
    for (String prefix : prefixes) {
      if (prefix.length() > longest.length() && begins(key, prefix)) {
        longest = prefix;
      }
    }
    return longest;
  }

  /// Prefixes are ASCII, keys are bytes.
  private static boolean begins(byte[] key, String prefix) {
    if (key.length < prefix.length()) {
      return false;
    }
    for (int i = 0; i < prefix.length(); i++) {
      if (key[i] != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  String says() {
    List<String> parts = new ArrayList<>();
    keepLive.forEach(p -> parts.add(p + "* " + Ambiguous.KEEP_LIVE.word()));
    keepRestored.forEach(p -> parts.add(p + "* " + Ambiguous.KEEP_RESTORED.word()));
    parts.add("others " + others.orElse(Ambiguous.ASK).word());
    return String.join(", ", parts);
  }
}
