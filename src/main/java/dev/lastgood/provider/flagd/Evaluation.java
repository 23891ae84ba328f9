package dev.lastgood.provider.flagd;

import dev.lastgood.provider.Sight;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Reply;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What flagd itself says a flag is, asked through OFREP, the evaluation protocol of OpenFeature.
///
/// @param flag key of the flag
record Evaluation(Api flagd, String flag) {
  /// Whether what flagd serves is what the file says by now.
  ///
  /// @param seen what was seen of the file
  /// @param disabled whether it shall be as if it were not there
  /// @param variant what everybody shall get; empty: whatever the rules say
  Sight serves(String seen, boolean disabled, Optional<String> variant) {
    Reply reply =
        flagd.read(
            Ask.send(
                "POST",
                Ask.path("ofrep", "v1", "evaluate", "flags", flag),
                Map.of("context", Map.of())));
    if (!(reply instanceof Reply.Answered answer)) {
      return new Sight.Unclear(reply.says());
    }
    JsonNode body = answer.body().orElse(null);
    if (body == null || (!answer.ok() && answer.status() != 404)) {
      return new Sight.Unclear(answer.says());
    }
    boolean gone = answer.status() == 404 || body.path("reason").asString("").equals("DISABLED");
    if (gone) {
      return disabled
          ? new Sight.Holds(seen + ", and flagd gives no value for it")
          : new Sight.UnderWay(seen + ", but flagd does not know it yet");
    }
    String served = body.path("variant").asString("");
    if (disabled) {
      return new Sight.UnderWay(seen + ", but flagd still serves " + served);
    }
    return variant.isEmpty() || variant.get().equals(served)
        ? new Sight.Holds(seen + ", and flagd serves " + served)
        : new Sight.UnderWay(seen + ", but flagd still serves " + served);
  }
}
