package dev.lastgood.provider.launchdarkly;

import dev.lastgood.model.Names;
import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Api;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a flag can serve.
///
/// @param all in the flag's own order; LaunchDarkly refers to them by their place in it
record Variations(List<Variation> all) {
  private static final int LONGEST = 40;

  Variations {
    all = List.copyOf(all);
  }

  /// @param id LaunchDarkly's own, for ever
  /// @param word short and unique within the flag: its name, else its value, else its id
  /// @param shown for people: its name and value
  record Variation(String id, String word, String shown) {}

  /// @throws PlatformUnreachable if this version cannot read them
  static Variations of(JsonNode flag, Api api) throws PlatformUnreachable {
    JsonNode variations = flag.path("variations");
    if (!variations.isArray() || variations.isEmpty()) {
      throw api.strange("the flag has no variations");
    }
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (JsonNode one : variations) {
      names.add(one.path("name").asString(""));
      values.add(value(one));
    }
    List<Variation> all = new ArrayList<>();
    for (JsonNode one : variations) {
      String id = one.path("_id").asString("");
      if (id.isEmpty()) {
        throw api.strange("a variation has no _id");
      }
      String name = one.path("name").asString("");
      String value = value(one);
      String word = fit(name, names) ? name : fit(value, values) ? value : id;
      String plain = "`" + Text.clip(Text.plain(value), LONGEST) + "`";
      String shown = name.isBlank() ? plain : Text.clip(Text.plain(name), LONGEST) + ", " + plain;
      all.add(new Variation(id, word, shown));
    }
    return new Variations(all);
  }

  private static String value(JsonNode variation) {
    JsonNode value = variation.path("value");
    return value.isString() ? value.asString("") : value.toString();
  }

  /// A word of a release: short, plain, and nobody else's.
  private static boolean fit(String text, List<String> among) {
    return !text.isEmpty()
        && text.length() <= LONGEST
        && text.chars()
            .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "._-".indexOf(c) >= 0))
        && Collections.frequency(among, text) == 1;
  }

  /// The one at that place.
  Optional<Variation> at(JsonNode index) {
    return index.isInt() && index.asInt() >= 0 && index.asInt() < all.size()
        ? Optional.of(all.get(index.asInt()))
        : Optional.empty();
  }

  /// The one of the configuration.
  ///
  /// @throws PlatformUnreachable if there is none; names those there are
  Variation wanted(String wanted, String flag) throws PlatformUnreachable {
    Optional<Variation> found =
        all.stream().filter(v -> v.word().equals(wanted) || v.id().equals(wanted)).findFirst();
    if (found.isEmpty()) {
      throw new PlatformUnreachable(
          "LaunchDarkly: flag "
              + flag
              + " has no variation `"
              + wanted
              + "` (off-serves)"
              + Names.hint(wanted, all.stream().map(Variation::word).toList()));
    }
    return found.get();
  }
}
