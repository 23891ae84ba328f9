package dev.lastgood.cli;

import java.util.Map;
import java.util.TreeMap;

/// What `--json` prints.
final class Json {
  private Json() {}

  static String write(Object value) {
    return dev.lastgood.report.Json.pretty(value);
  }

  static Map<String, Object> error(ExitCode code, String message) {
    var document = new TreeMap<String, Object>();
    document.put("error", message);
    document.put("exit", code.code());
    return document;
  }
}
