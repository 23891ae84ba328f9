package dev.lastgood.provider.forge;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Ask;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Reply;
import dev.lastgood.provider.http.Site;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Requests to GitHub about one repository. Its limits come as 403, too, and say when to come back:
/// until then nothing is asked, since GitHub locks out who goes on.
public final class Github {
  private static final String USUAL = "https://api.github.com";
  private static final Duration HOUR = Duration.ofHours(1);

  private final Api api;
  private final String owner;
  private final String name;
  private final InstantSource clock;
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

  /// @param repository `owner/name`
  /// @throws BadSettings if it is not, or the address or the time is none
  public Github(
      String repository,
      Secret token,
      Optional<String> baseUrl,
      Optional<Duration> timeout,
      InstantSource clock) {
    String[] parts = repository.split("/", -1);
    if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank()) {
      throw new BadSettings("repository", "write it as owner/name");
    }
    this.owner = parts[0];
    this.name = parts[1];
    this.clock = clock;
    this.api =
        new Api(
            new Site(
                "GitHub",
                Site.base(baseUrl, USUAL),
                "Authorization",
                "Bearer ",
                token,
                new TreeMap<>(
                    Map.of(
                        "Accept",
                        "application/vnd.github+json",
                        "X-GitHub-Api-Version",
                        "2022-11-28")),
                Site.patience(timeout),
                // 5,000 an hour; and not many at once, which is limited without a number.
                new Pace(60, Duration.ofMillis(750)),
                body -> body.path("message").asString("")));
  }

  /// `owner/name`.
  public String repository() {
    return owner + "/" + name;
  }

  public String owner() {
    return owner;
  }

  /// The path of something in the repository.
  public String path(String... parts) {
    return Ask.path(
        Stream.concat(Stream.of("repos", owner, name), Stream.of(parts)).toArray(String[]::new));
  }

  // ---- reading

  /// The JSON of a good answer.
  public JsonNode json(Ask ask) throws PlatformUnreachable {
    return api.json(read(ask));
  }

  /// @return empty when GitHub says that there is none, or that the token may not see it
  public Optional<JsonNode> find(Ask ask) throws PlatformUnreachable {
    Reply reply = read(ask);
    return reply instanceof Reply.Answered no && no.status() == 404
        ? Optional.empty()
        : Optional.of(api.json(reply));
  }

  /// An answer this version cannot read.
  public PlatformUnreachable strange(String what) {
    return api.strange(what);
  }

  private Reply read(Ask ask) throws PlatformUnreachable {
    Optional<String> quiet = quiet();
    if (quiet.isPresent()) {
      throw new PlatformUnreachable(quiet.get());
    }
    Reply reply = api.read(ask);
    Optional<String> limit = limited(reply);
    if (limit.isPresent()) {
      throw new PlatformUnreachable(limit.get());
    }
    return reply;
  }

  // ---- changing

  /// Asks for a change, once.
  public Outcome change(Ask ask) {
    Optional<String> limit = quiet();
    if (limit.isPresent()) {
      return new Outcome.Refused(limit.get());
    }
    Reply reply = api.change(ask);
    limit = limited(reply);
    if (limit.isPresent()) {
      return new Outcome.Refused(limit.get());
    }
    return reply instanceof Reply.Answered a && a.ok()
        ? new Outcome.Done("accepted (" + a.status() + ")")
        : Api.failure(reply);
  }

  /// Asks for something to be made that nothing points to yet, so that asking twice does no harm.
  public JsonNode make(Ask ask) throws PlatformUnreachable {
    Optional<String> quiet = quiet();
    if (quiet.isPresent()) {
      throw new PlatformUnreachable(quiet.get());
    }
    Reply reply = api.change(ask);
    Optional<String> limit = limited(reply);
    if (limit.isPresent()) {
      throw new PlatformUnreachable(limit.get());
    }
    return api.json(reply);
  }

  // ---- its limits

  private Optional<String> quiet() {
    long left = quietUntil.get() - System.nanoTime();
    return left > 0
        ? Optional.of(words(Duration.ofNanos(left).plusMillis(999).toSeconds()))
        : Optional.empty();
  }

  private static String words(long seconds) {
    return "GitHub: too many requests with this token, nothing was done: wait " + seconds + " s";
  }

  private Optional<String> limited(Reply reply) {
    if (!(reply instanceof Reply.Answered a) || (a.status() != 403 && a.status() != 429)) {
      return Optional.empty();
    }
    Optional<Duration> after = seconds(a, "Retry-After").map(Duration::ofSeconds);
    boolean empty = a.header().apply("X-RateLimit-Remaining").filter("0"::equals).isPresent();
    if (after.isEmpty() && empty) {
      after =
          seconds(a, "X-RateLimit-Reset")
              .map(s -> Duration.ofSeconds(s - clock.instant().getEpochSecond()))
              .filter(d -> !d.isNegative())
              .or(() -> Optional.of(HOUR));
    }
    Optional<Duration> wait = after.map(d -> d.compareTo(HOUR) > 0 ? HOUR : d);
    wait.ifPresent(d -> quietUntil.set(System.nanoTime() + d.toNanos()));
    return wait.map(d -> words(d.toSeconds()));
  }

  private static Optional<Long> seconds(Reply.Answered answer, String header) {
    try {
      return answer.header().apply(header).map(v -> Long.parseLong(v.strip())).filter(s -> s >= 0);
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
