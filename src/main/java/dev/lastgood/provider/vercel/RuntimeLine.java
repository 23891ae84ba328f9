package dev.lastgood.provider.vercel;

import dev.lastgood.model.Text;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One line of what a project's functions say, as people read logs.
final class RuntimeLine {
  private RuntimeLine() {}

  /// @param json one document of the stream
  /// @return empty: it is no such line, or not whole
  static Optional<String> of(String json) {
    JsonNode line;
    try {
      line = JsonMapper.shared().readTree(json);
    } catch (JacksonException e) {
      return Optional.empty();
    }
    if (!line.has("message") || line.path("source").asString("").equals("delimiter")) {
      return Optional.empty();
    }
    int status = line.path("responseStatusCode").asInt(0);
    return Optional.of(
        Text.plain(
            Instant.ofEpochMilli(line.path("timestampInMs").asLong(0))
                + " "
                + line.path("level").asString("")
                + " "
                + line.path("requestMethod").asString("")
                + " "
                + line.path("requestPath").asString("")
                + (status > 0 ? " " + status : "")
                + " "
                + line.path("message").asString("")
                + (line.path("messageTruncated").asBoolean(false) ? " (cut by Vercel)" : "")));
  }
}
