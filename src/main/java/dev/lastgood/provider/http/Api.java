package dev.lastgood.provider.http;

import dev.lastgood.model.Text;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLHandshakeException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks one API. What reads is repeated while its trouble looks transient; what changes something
/// goes out once, and again only after "too many requests", which says that nothing was done.
///
/// Redirects are not followed: they could carry the token to another host.
public final class Api {
  private static final long BODY_LIMIT = 4 << 20;
  private static final int HEARD_LIMIT = 1 << 20;
  private static final int TRIES = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final int SHOWN = 200;

  private final Site site;

  public Api(Site site) {
    this.site = site;
  }

  /// The client costs some hundred milliseconds and a thread: only whoever asks pays for it.
  private static final class Wire {
    static final HttpClient CLIENT =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(5))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    static final JsonMapper JSON = JsonMapper.shared();
  }

  /// Asks what changes nothing, again if need be.
  public Reply read(Ask ask) {
    return repeated(ask, true);
  }

  /// Asks for a change, once.
  public Reply change(Ask ask) {
    return repeated(ask, false);
  }

  /// The JSON of a good answer.
  ///
  /// @throws PlatformUnreachable if no good answer came, or it is no JSON
  public JsonNode json(Reply reply) throws PlatformUnreachable {
    if (reply instanceof Reply.Answered answer && answer.ok()) {
      return answer.body().orElseThrow(() -> strange("it is no JSON"));
    }
    throw new PlatformUnreachable(reply.says());
  }

  /// An answer this version cannot read: nothing is guessed from it.
  public PlatformUnreachable strange(String what) {
    return new PlatformUnreachable(
        site.name()
            + " at "
            + site.base().getHost()
            + " answered in a shape this version of Lastgood does not know: "
            + what
            + ". Is base-url right? Else a newer version of Lastgood may know it");
  }

  /// How the configuration names the token.
  String token() {
    return site.token().reference();
  }

  /// Words of the platform, made safe to show: one line, cut, without the token.
  String shown(String words) {
    String token;
    try {
      token = site.token().reveal();
    } catch (RuntimeException e) {
      return "(not shown)";
    }
    return Text.clip(Text.plain(token.isBlank() ? words : words.replace(token, "•••")), SHOWN);
  }

  /// What a reply that is no success means for a change.
  public static Outcome failure(Reply reply) {
    return switch (reply) {
      case Reply.NotSent not -> new Outcome.Refused(not.says() + "; nothing was sent");
      case Reply.Lost lost -> new Outcome.Unknown(lost.says() + "; it may have been done");
      case Reply.Answered a when a.declined() -> new Outcome.Refused(a.says());
      case Reply.Answered a -> new Outcome.Unknown(a.says() + "; it may have been done");
    };
  }

  /// What an answer says within a time, when it may never end; asked once.
  ///
  /// @return its text so far, the last line perhaps not whole
  /// @throws PlatformUnreachable if no good answer began in time
  public String listen(Ask ask, Duration atMost) throws PlatformUnreachable, InterruptedException {
    HttpRequest request = request(ask, usableToken());
    site.pace().take();
    var listening = new Listening(HEARD_LIMIT);
    var status = new AtomicInteger();
    CompletableFuture<HttpResponse<String>> answer =
        Wire.CLIENT.sendAsync(
            request,
            info -> {
              status.set(info.statusCode());
              return listening;
            });
    try {
      answer.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
    } catch (ExecutionException e) {
      throw new PlatformUnreachable(failed(ask, e.getCause() == null ? e : e.getCause()).says(), e);
    }
    if (status.get() < 200 || status.get() >= 300) {
      throw new PlatformUnreachable(
          to(ask)
              + (status.get() == 0
                  ? ": no answer within " + atMost.toMillis() + " ms"
                  : ": answer " + status.get()));
    }
    return listening.soFar();
  }

  private Reply repeated(Ask ask, boolean reads) {
    long end = System.nanoTime() + site.patience().toNanos();
    Duration pause = FIRST_PAUSE;
    for (int tries = 1; ; tries++) {
      Duration rest = site.pace().resting();
      if (rest.toNanos() >= end - System.nanoTime()) {
        return new Reply.NotSent(
            site.name()
                + ", "
                + ask
                + ": it was asked too much and wants to be left alone for another "
                + (rest.toSeconds() + 1)
                + " s");
      }
      try {
        site.pace().take();
        // A change that waited for its turn still gets its time.
        Reply reply = answered(ask, reads ? end - System.nanoTime() : site.patience().toNanos());
        Optional<Duration> wait = again(reply, reads, pause);
        tooMany(reply).ifPresent(site.pace()::rest);
        if (wait.isEmpty() || tries == TRIES || wait.get().toNanos() >= end - System.nanoTime()) {
          return reply;
        }
        Thread.sleep(wait.get());
        pause = pause.multipliedBy(3);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Reply.Lost(site.name() + ": interrupted at " + ask);
      }
    }
  }

  /// A challenge is answered once; a 401 says that nothing was done.
  private Reply answered(Ask ask, long nanos) throws InterruptedException {
    Reply reply = once(ask, nanos);
    boolean again =
        reply instanceof Reply.Answered a
            && a.status() == 401
            && site.digest().isPresent()
            && a.header()
                .apply("WWW-Authenticate")
                .filter(site.digest().get()::challenged)
                .isPresent();
    return again ? once(ask, nanos) : reply;
  }

  /// How long to wait before asking again; empty: this is the reply.
  private static Optional<Duration> again(Reply reply, boolean reads, Duration pause) {
    return switch (reply) {
      case Reply.Answered a when a.status() == 429 -> Optional.of(asked(a).orElse(pause));
      case Reply.Answered a when reads && transientTrouble(a.status()) ->
          Optional.of(asked(a).orElse(pause));
      case Reply.Answered _ -> Optional.empty();
      case Reply.NotSent _, Reply.Lost _ -> reads ? Optional.of(pause) : Optional.empty();
    };
  }

  /// How long it asks all of us to wait.
  private static Optional<Duration> tooMany(Reply reply) {
    return reply instanceof Reply.Answered answer && answer.status() == 429
        ? asked(answer)
        : Optional.empty();
  }

  private static boolean transientTrouble(int status) {
    return status == 408 || status == 500 || status == 502 || status == 503 || status == 504;
  }

  /// `Retry-After` in seconds; a date in it is rare enough to be treated as absent.
  private static Optional<Duration> asked(Reply.Answered answer) {
    try {
      return answer
          .header()
          .apply("Retry-After")
          .map(v -> Duration.ofMillis((long) (Double.parseDouble(v.strip()) * 1000)))
          .filter(d -> !d.isNegative());
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// @throws PlatformUnreachable if there is none that can be sent
  private String usableToken() throws PlatformUnreachable {
    String token;
    try {
      token = site.token().reveal();
    } catch (RuntimeException e) {
      if (e.getCause() instanceof PlatformUnreachable whole) {
        // a token that must be asked for: it says already who cannot be asked
        throw whole;
      }
      // The configuration's own words: which variable or file is missing. Never a value.
      throw new PlatformUnreachable(site.name() + " cannot be asked: " + e.getMessage(), e);
    }
    if (site.tokenHeader().isEmpty()) {
      return "";
    }
    if (token.isBlank() || !token.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new PlatformUnreachable(
          site.name()
              + " cannot be asked: the token "
              + site.token().reference()
              + " is empty or holds a line break or a character that no header can carry");
    }
    return token;
  }

  private Reply once(Ask ask, long nanos) throws InterruptedException {
    HttpRequest request;
    try {
      request = request(ask, usableToken());
    } catch (PlatformUnreachable e) {
      return new Reply.NotSent(String.valueOf(e.getMessage()));
    }
    CompletableFuture<HttpResponse<String>> answer =
        Wire.CLIENT.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(), BODY_LIMIT));
    try {
      return answered(ask, answer.get(Math.max(1, nanos), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      answer.cancel(true);
      return new Reply.Lost(to(ask) + ": no answer within " + site.patience().toMillis() + " ms");
    } catch (ExecutionException e) {
      return failed(ask, e.getCause() == null ? e : e.getCause());
    }
  }

  private HttpRequest request(Ask ask, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(site.base() + ask.target()))
            .method(
                ask.method(),
                ask.body().map(BodyPublishers::ofString).orElse(BodyPublishers.noBody()))
            .setHeader("User-Agent", "lastgood")
            .setHeader("Accept", "application/json");
    if (ask.body().isPresent()) {
      request.setHeader("Content-Type", "application/json");
    }
    site.headers().forEach(request::setHeader);
    ask.headers().forEach(request::setHeader);
    if (site.digest().isPresent()) {
      site.digest()
          .get()
          .answer(ask.method(), asked(ask), token)
          .ifPresent(a -> request.setHeader(site.tokenHeader(), a));
    } else if (!site.tokenHeader().isEmpty()) {
      request.setHeader(site.tokenHeader(), site.tokenPrefix() + token);
    }
    return request.build();
  }

  /// Path and query, as they stand in the request line.
  private String asked(Ask ask) {
    URI whole = URI.create(site.base() + ask.target());
    return whole.getRawPath() + (whole.getRawQuery() == null ? "" : "?" + whole.getRawQuery());
  }

  private Reply answered(Ask ask, HttpResponse<String> response) {
    Optional<JsonNode> body = parsed(response.body());
    String complaint = body.map(site.complaint()).orElse("");
    String shown = complaint.isBlank() ? "" : " \"" + shown(complaint) + "\"";
    int status = response.statusCode();
    var answer =
        new Reply.Answered(
            status, name -> response.headers().firstValue(name), body, response.body(), "");
    String says = to(ask) + ": answer " + status + shown + advice(answer);
    return new Reply.Answered(status, answer.header(), body, response.body(), says);
  }

  private String advice(Reply.Answered answer) {
    String token = site.token().reference();
    return switch (answer.status()) {
      case 401 -> "; the token " + token + " is wrong, expired or revoked: set a valid one";
      case 403 ->
          "; the token " + token + " may not do this: give it the right, docs/platforms names it";
      case 404 -> "; it is not there, or not visible to the token " + token;
      case 429 ->
          "; too many requests, nothing was done"
              + asked(answer).map(d -> ": wait " + d.toSeconds() + " s").orElse("");
      default -> {
        if (answer.status() >= 500) {
          yield "; that is its own trouble: see its status page";
        }
        yield answer.status() >= 300 && answer.status() < 400
            ? "; redirects are not followed: correct base-url"
            : "";
      }
    };
  }

  private static Optional<JsonNode> parsed(String body) {
    try {
      return Optional.of(Wire.JSON.readTree(body)).filter(n -> n.isObject() || n.isArray());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private Reply failed(Ask ask, Throwable why) {
    return switch (why) {
      case HttpConnectTimeoutException _ ->
          new Reply.NotSent(to(ask) + ": no connection within 5 s");
      case ConnectException e when e.getCause() instanceof UnresolvedAddressException ->
          new Reply.NotSent(to(ask) + ": the name " + site.base().getHost() + " is not known");
      case ConnectException _ ->
          new Reply.NotSent(to(ask) + ": no connection to " + site.base().getAuthority());
      case SSLHandshakeException e ->
          new Reply.NotSent(to(ask) + ": no agreement on TLS: " + Text.plain("" + e.getMessage()));
      case IOException e ->
          new Reply.Lost(to(ask) + ": the connection broke: " + Text.plain("" + e.getMessage()));
      default -> new Reply.Lost(to(ask) + ": " + why.getClass().getSimpleName());
    };
  }

  private String to(Ask ask) {
    return site.name() + ", " + ask;
  }
}
