package dev.lastgood.provider.heroku;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Reply;
import dev.lastgood.provider.http.Site;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// The address where Heroku hands out a log. Whoever knows it may read the log for some minutes, so
/// it is never shown.
record Logplex(Api api, Ask ask) {
  /// @throws PlatformUnreachable if it is none that can be read safely
  static Logplex of(String url, Duration patience) throws PlatformUnreachable {
    try {
      URI uri = URI.create(url);
      Ask ask = Ask.get(uri.getRawPath() == null ? "/" : uri.getRawPath()).header("Accept", "*/*");
      for (String pair :
          uri.getRawQuery() == null ? new String[0] : uri.getRawQuery().split("&", -1)) {
        String[] parts = pair.split("=", 2);
        ask = ask.with(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
      }
      URI base = Site.base(Optional.of(uri.getScheme() + "://" + uri.getRawAuthority()), url);
      return new Logplex(
          new Api(
              Site.open(
                  "Heroku's log", base, patience, new Pace(4, Duration.ofSeconds(1)), _ -> "")),
          ask);
    } catch (IllegalArgumentException | BadSettings e) {
      throw new PlatformUnreachable(
          "Heroku hands out its log at an address that cannot be read safely; see heroku logs", e);
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  String text() throws PlatformUnreachable {
    Reply reply = api.read(ask);
    if (reply instanceof Reply.Answered answer && answer.ok()) {
      return answer.text();
    }
    throw new PlatformUnreachable(
        "Heroku's log could not be read"
            + (reply instanceof Reply.Answered no ? ": answer " + no.status() : ": no answer"));
  }
}
