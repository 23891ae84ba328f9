package dev.lastgood.provider.http;

import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// What came of a request. Nothing is thrown: silence is a reply too.
public sealed interface Reply {
  /// One line for people: what, on what, what next. Holds no secret.
  String says();

  /// An answer of the platform, whatever it says.
  ///
  /// @param header the first value of a header, by name in any case
  /// @param body empty when it is no JSON, or none came
  record Answered(
      int status,
      Function<String, Optional<String>> header,
      Optional<JsonNode> body,
      String text,
      String says)
      implements Reply {
    public boolean ok() {
      return status >= 200 && status < 300;
    }

    /// It was understood and not done. Not so for 408, which may come from something in between.
    public boolean declined() {
      return status >= 400 && status < 500 && status != 408;
    }
  }

  /// It never left this machine, or the connection never came about: nothing changed for sure.
  record NotSent(String says) implements Reply {}

  /// It was sent, or may have been, and no usable answer came: it may have been done.
  record Lost(String says) implements Reply {}
}
