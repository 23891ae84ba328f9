package dev.lastgood.report;

import dev.lastgood.condition.Durations;
import dev.lastgood.evidence.Check;
import dev.lastgood.model.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A check as a person makes it by hand.
///
/// @param command to be typed in a shell
/// @param healthy what must be seen, one line of Markdown each
record CheckByHand(String command, List<String> healthy) {

  /// @param address base URL to ask instead of the check's own
  /// @param version what it must report, if it reads a version
  static CheckByHand of(Check check, Optional<String> address, Optional<String> version) {
    long seconds = Math.max(1, check.timeout().toSeconds());
    return switch (check.probe()) {
      case Check.Http http ->
          new CheckByHand(
              curl(http, seconds, address.map(a -> moved(http.url(), a)).orElse(http.url())),
              seen(http, version));
      case Check.Tcp tcp -> {
        String place = address.map(CheckByHand::hostAndPort).orElse(tcp.host() + " " + tcp.port());
        yield new CheckByHand("nc -z -w " + seconds + " " + place, List.of("it connects"));
      }
      case Check.Command command ->
          new CheckByHand(
              command.argv().stream().map(Text::shellWord).collect(Collectors.joining(" ")),
              List.of("exit code 0 (`echo $?`)"));
    };
  }

  private static String curl(Check.Http http, long seconds, String url) {
    var command = new StringBuilder("curl -sS -i --max-time ").append(seconds);
    if (http.method().equals("HEAD")) {
      command.append(" --head");
    } else if (!http.method().equals("GET")) {
      command.append(" -X ").append(Text.shellWord(http.method()));
    }
    // the reference, never the value: a person puts it in
    http.headers()
        .forEach((name, secret) ->
            command.append(" -H ").append(Text.shellWord(name + ": " + secret.reference())));
    return command.append(' ').append(Text.shellWord(url)).toString();
  }

  private static List<String> seen(Check.Http http, Optional<String> version) {
    List<String> seen = new ArrayList<>();
    if (!http.status().isEmpty()) {
      seen.add(
          "status "
              + new TreeSet<>(http.status())
                  .stream().map(String::valueOf).collect(Collectors.joining(" or ")));
    }
    http.expect().ifPresent(c -> seen.add(Markdown.code(c.source()) + " holds"));
    http.word()
        .ifPresent(w ->
            seen.add(
                Markdown.code(w.at())
                    + " in the body is exactly "
                    + Markdown.text(String.join(" or ", new TreeSet<>(w.healthy())))));
    http.version()
        .filter(_ -> version.isPresent())
        .ifPresent(v -> seen.add(Markdown.code(v.at()) + " is " + Markdown.text(version.get())));
    http.latency()
        .ifPresent(l ->
            seen.add(
                "of "
                    + l.requests()
                    + " requests, 95 of 100 take at most "
                    + Durations.shown(l.p95())));
    return seen;
  }

  /// The path of the one at the place of the other.
  private static String moved(String url, String address) {
    int authority = url.indexOf("://");
    int path = authority < 0 ? -1 : url.indexOf('/', authority + 3);
    String base = address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    return base + (path < 0 ? "/" : url.substring(path));
  }

  private static String hostAndPort(String address) {
    String place = address.replaceFirst("^[a-z+]+://", "").replaceFirst("/.*$", "");
    int colon = place.lastIndexOf(':');
    return colon < 0
        ? Text.shellWord(place) + " 80"
        : Text.shellWord(place.substring(0, colon))
            + " "
            + Text.shellWord(place.substring(colon + 1));
  }
}
