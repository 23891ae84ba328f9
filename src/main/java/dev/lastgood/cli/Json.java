package dev.lastgood.cli;

import java.util.Map;

/// What `--json` prints.
final class Json {
  private Json() {}

  static String write(Object value) {
    return dev.lastgood.report.Json.pretty(value);
  }

  static String error(ExitCode code, String message) {
    return write(Map.of("error", message, "exit", code.code()));
  }
}
