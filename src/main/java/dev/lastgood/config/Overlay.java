package dev.lastgood.config;

import dev.lastgood.config.Yaml.Keys;
import dev.lastgood.config.Yaml.Nothing;
import dev.lastgood.config.Yaml.Pair;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/// Lays one file over another: mappings merge, texts and lists replace, a key without a value
/// removes. Every part keeps the place it came from.
final class Overlay {
  private Overlay() {}

  static Yaml merge(Yaml under, Yaml over) {
    if (!(under instanceof Keys(_, var below)) || !(over instanceof Keys(var place, var above))) {
      return over;
    }
    var merged = new LinkedHashMap<String, Pair>();
    below.forEach(entry -> merged.put(entry.key().text(), entry));
    for (Pair entry : above) {
      String key = entry.key().text();
      Pair old = merged.get(key);
      if (entry.value() instanceof Nothing) {
        merged.remove(key);
      } else if (old == null) {
        merged.put(key, entry);
      } else {
        merged.put(key, new Pair(entry.key(), merge(old.value(), entry.value())));
      }
    }
    return new Keys(place, new ArrayList<>(merged.values()));
  }
}
