package dev.lastgood.provider.local;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The file with the `upstream` block of one nginx: what is written into it, and how it is read.
///
/// @param upstream its name
/// @param options further directives of the block, without their semicolons
record NginxSnippet(String upstream, List<String> options) {
  /// Besides the block a variable with the address, so that the running nginx can say which one it
  /// uses: `location = /.lastgood/NAME { return 200 $lastgood_NAME; }`.
  String with(Address address) {
    String more = options.stream().map(o -> "    " + o + ";\n").collect(Collectors.joining());
    return "# Lastgood replaces this file whole; put nothing else into it.\n"
        + "upstream "
        + upstream
        + " {\n    server "
        + address
        + ";\n"
        + more
        + "}\nmap \"\" "
        + variable()
        + " {\n    default \""
        + address
        + "\";\n}\n";
  }

  /// In one line and without remarks, for a person to type.
  String inOneLine(Address address) {
    return with(address)
        .lines()
        .filter(l -> !l.startsWith("#"))
        .map(String::strip)
        .collect(Collectors.joining(" "));
  }

  String variable() {
    return "$lastgood_" + upstream.replaceAll("[^A-Za-z0-9_]", "_");
  }

  /// The address a file routes to; empty when it is not such a file: replacing it would lose
  /// something that is not ours. One written by hand, without the variable, is.
  Optional<Address> read(String text) {
    List<String> words = words(text);
    int server = words.indexOf("server");
    if (server < 0 || server + 1 >= words.size()) {
      return Optional.empty();
    }
    return Address.parse(words.get(server + 1))
        .filter(a ->
            words.equals(words(with(a)))
                || words.equals(words(with(a).substring(0, with(a).indexOf("map \"\"")))));
  }

  /// The words of nginx's language as far as they are needed here: remarks left out, quotes as they
  /// are.
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String line : text.split("\r?\n", -1)) {
      String bare = line.strip().startsWith("#") ? "" : line;
      for (String word : bare.replaceAll("([;{}])", " $1 ").strip().split("\\s+", -1)) {
        if (!word.isEmpty()) {
          words.add(word);
        }
      }
    }
    return words;
  }
}
