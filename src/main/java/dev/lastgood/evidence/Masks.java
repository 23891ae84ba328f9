package dev.lastgood.evidence;

import dev.lastgood.model.Secret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Secret values that were used, taken out of text before anybody sees it: a server may echo what
/// it was sent, a log may hold what it was given. Apply it before text is cut, or half a secret
/// remains.
final class Masks {
  static final String HIDDEN = "•••";

  /// Shorter words of a value ("to" in a phrase) would hide half of every text.
  private static final int SHORTEST_WORD = 6;

  static final Masks NONE = new Masks(List.of());

  private final List<String> longestFirst;

  private Masks(List<String> longestFirst) {
    this.longestFirst = longestFirst;
  }

  private static List<String> longestFirst(Collection<String> hidden) {
    return hidden.stream().sorted(Comparator.comparingInt(String::length).reversed()).toList();
  }

  static Masks of(Collection<Secret> secrets) {
    var values = new ArrayList<String>();
    for (Secret secret : secrets) {
      try {
        values.add(secret.reveal());
      } catch (RuntimeException e) {
        // What cannot be read has no value to hide.
      }
    }
    return ofValues(values);
  }

  static Masks ofValues(Collection<String> values) {
    if (values.isEmpty()) {
      return NONE;
    }
    Set<String> hidden = new TreeSet<>();
    for (String value : values) {
      addForms(hidden, value);
    }
    return new Masks(longestFirst(hidden));
  }

  /// The value whole, each long word of it (`Bearer abc` is echoed as `abc`), and the ways in which
  /// programs write a text: in JSON, in a URL, in Base64.
  private static void addForms(Set<String> hidden, String value) {
    String whole = value.strip();
    if (whole.isEmpty()) {
      return;
    }
    hidden.add(value);
    hidden.add(whole);
    String quoted = whole.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    hidden.add(quoted);
    hidden.add(quoted.replace("/", "\\/"));
    hidden.add(URLEncoder.encode(whole, StandardCharsets.UTF_8));
    for (String word : whole.split("[\\s,;]+", -1)) {
      if (word.length() >= SHORTEST_WORD) {
        hidden.add(word);
      }
    }
    if (whole.length() >= SHORTEST_WORD) {
      byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
      hidden.add(Base64.getEncoder().encodeToString(bytes));
      hidden.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
  }

  String hide(String text) {
    String out = text;
    for (String value : longestFirst) {
      out = out.replace(value, HIDDEN);
    }
    return out;
  }

  /// For a short text that others have cut already, with an ellipsis: half a value is hidden too.
  String hideCut(String text) {
    String out = hide(text);
    for (String value : longestFirst) {
      for (int length = value.length() - 1; length >= 3; length--) {
        out = out.replace(value.substring(0, length) + "…", HIDDEN);
      }
    }
    return out;
  }
}
