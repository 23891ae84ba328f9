package dev.lastgood.provider.ecs;

import dev.lastgood.model.Secret;
import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Reply;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.ecs.EcsClient;

/// Asks through Amazon's SDK, with the manners of our own client: what reads is repeated, what
/// changes something goes out once, and again only after "too many requests". So the SDK's own
/// repetitions are switched off.
///
/// @param <C> the SDK's client of one of Amazon's services
final class Aws<C> {
  private static final int TRIES = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final int SHOWN = 300;

  private final EcsSettings settings;
  private final Duration patience;
  private final String name;
  private final String address;
  private final BiFunction<EcsSettings, Duration, C> opens;
  // Describing has a bucket of some dozen requests and some 20 a second.
  private final Pace pace = new Pace(20, Duration.ofMillis(100));
  private @Nullable C client;

  private Aws(
      EcsSettings settings,
      Duration patience,
      String name,
      String address,
      BiFunction<EcsSettings, Duration, C> opens) {
    this.settings = settings;
    this.patience = patience;
    this.name = name;
    this.address = address;
    this.opens = opens;
  }

  static Aws<EcsClient> ecs(EcsSettings settings, Duration patience) {
    return new Aws<>(settings, patience, "ECS", "ecs", Opened::client);
  }

  static Aws<CloudWatchLogsClient> logs(EcsSettings settings, Duration patience) {
    return new Aws<>(settings, patience, "CloudWatch Logs", "logs", Opened::logs);
  }

  /// What came of a request.
  sealed interface Heard<T> {
    record Yes<T>(T answer) implements Heard<T> {}

    /// @param code Amazon's word for the error; empty when it said none
    record No<T>(Reply reply, String code) implements Heard<T> {}
  }

  /// Asks what changes nothing, again if need be.
  ///
  /// @param what the operation, for people
  <T> Heard<T> read(String what, Function<C, T> call) {
    return repeated(what, call, true);
  }

  /// Asks for a change, once.
  <T> Heard<T> change(String what, Function<C, T> call) {
    return repeated(what, call, false);
  }

  /// @throws PlatformUnreachable if there was no good answer
  static <T> T good(Heard<T> heard) throws PlatformUnreachable {
    return switch (heard) {
      case Heard.Yes<T>(T answer) -> answer;
      case Heard.No<T>(Reply reply, _) -> throw new PlatformUnreachable(reply.says());
    };
  }

  /// An answer this version cannot read: nothing is guessed from it.
  static PlatformUnreachable strange(String what) {
    return new PlatformUnreachable(strangely("ECS", what));
  }

  private static String strangely(String who, String what) {
    return who
        + " answered in a shape this version of Lastgood does not know: "
        + what
        + ". Is base-url right? Else a newer version of Lastgood may know it";
  }

  private <T> Heard<T> repeated(String what, Function<C, T> call, boolean reads) {
    // The first question loads the SDK, which is nobody's delay but ours.
    C open = client();
    long end = System.nanoTime() + patience.toNanos();
    Duration pause = FIRST_PAUSE;
    for (int tries = 1; ; tries++) {
      try {
        pace.take();
        Heard<T> heard =
            once(
                what, () -> call.apply(open), reads ? end - System.nanoTime() : patience.toNanos());
        Optional<Duration> wait =
            heard instanceof Heard.No<T>(Reply reply, _)
                ? again(reply, reads, pause)
                : Optional.empty();
        if (wait.isEmpty() || tries == TRIES || wait.get().toNanos() >= end - System.nanoTime()) {
          return heard;
        }
        Thread.sleep(wait.get());
        pause = pause.multipliedBy(3);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new Heard.No<>(new Reply.Lost(name + ": interrupted at " + what), "");
      }
    }
  }

  private static Optional<Duration> again(Reply reply, boolean reads, Duration pause) {
    return switch (reply) {
      case Reply.Answered a when a.status() == 429 -> Optional.of(asked(a).orElse(pause));
      case Reply.Answered a when reads && a.status() >= 500 -> Optional.of(pause);
      case Reply.Answered _ -> Optional.empty();
      case Reply.NotSent _, Reply.Lost _ -> reads ? Optional.of(pause) : Optional.empty();
    };
  }

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

  private <T> Heard<T> once(String what, Callable<T> call, long nanos) throws InterruptedException {
    try {
      settings.accessKeyId().ifPresent(Secret::reveal);
      settings.secretAccessKey().ifPresent(Secret::reveal);
      settings.sessionToken().ifPresent(Secret::reveal);
    } catch (RuntimeException e) {
      // The configuration's own words: which variable or file is missing. Never a value.
      return new Heard.No<>(new Reply.NotSent(name + " cannot be asked: " + e.getMessage()), "");
    }
    // A thread of its own: the connection bounds each read, and nothing bounds their number.
    var task = new FutureTask<>(call);
    Thread.ofVirtual().start(task);
    try {
      return new Heard.Yes<>(task.get(Math.max(1, nanos), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      task.cancel(true);
      return new Heard.No<>(
          new Reply.Lost(name + ", " + what + ": no answer within " + patience.toMillis() + " ms"),
          "");
    } catch (ExecutionException e) {
      return failed(what, e.getCause() == null ? e : e.getCause());
    }
  }

  private <T> Heard<T> failed(String what, Throwable why) {
    if (why instanceof AwsServiceException said) {
      return said(what, said);
    }
    String to = name + ", " + what;
    // The SDK's reader of JSON throws an IOException, too.
    Optional<IOException> broken =
        cause(why, IOException.class).filter(e -> !e.getClass().getName().contains("jackson"));
    if (broken.isPresent()) {
      return new Heard.No<>(broken(to, broken.get()), "");
    }
    boolean credentials = String.valueOf(why.getMessage()).contains("credentials");
    if (why instanceof SdkException && credentials) {
      return new Heard.No<>(
          new Reply.NotSent(
              to
                  + ": no credentials were found; set access-key-id, or what else docs/platforms/ecs.md names"),
          "");
    }
    return new Heard.No<>(
        new Reply.Lost(strangely(name, what + ", " + why.getClass().getSimpleName())), "");
  }

  private Reply broken(String to, IOException why) {
    String words = Text.plain(String.valueOf(why.getMessage()));
    return switch (why) {
      case ConnectException _ -> new Reply.NotSent(to + ": no connection to " + host());
      case UnknownHostException _ ->
          new Reply.NotSent(to + ": the name " + host() + " is not known");
      case SSLHandshakeException _ -> new Reply.NotSent(to + ": no agreement on TLS: " + words);
      case SocketTimeoutException _ when words.toLowerCase(Locale.ROOT).contains("connect") ->
          new Reply.NotSent(to + ": no connection within 5 s");
      default -> new Reply.Lost(to + ": the connection broke: " + words);
    };
  }

  private String host() {
    return settings
        .baseUrl()
        .map(u -> URI.create(u).getAuthority())
        .orElse(address + "." + settings.region() + ".amazonaws.com");
  }

  private static <E extends Throwable> Optional<E> cause(Throwable why, Class<E> wanted) {
    Throwable at = why;
    for (int depth = 0; at != null && depth < 10; depth++) {
      if (wanted.isInstance(at)) {
        return Optional.of(wanted.cast(at));
      }
      at = at.getCause();
    }
    return Optional.empty();
  }

  /// Amazon answers most with status 400; the code says what it is.
  private <T> Heard<T> said(String what, AwsServiceException why) {
    Optional<AwsErrorDetails> details = Optional.ofNullable(why.awsErrorDetails());
    String code = details.map(AwsErrorDetails::errorCode).orElse("");
    String words = details.map(AwsErrorDetails::errorMessage).orElse("");
    int status = why.isThrottlingException() ? 429 : why.statusCode();
    Function<String, Optional<String>> header =
        name ->
            details
                .flatMap(d -> Optional.ofNullable(d.sdkHttpResponse()))
                .flatMap(r -> r.firstMatchingHeader(name));
    var bare = new Reply.Answered(status, header, Optional.empty(), "", "");
    String says =
        name
            + ", "
            + what
            + ": answer "
            + why.statusCode()
            + (code.isBlank() ? "" : " " + Text.plain(code))
            + (words.isBlank() ? "" : " \"" + shown(words) + "\"")
            + advice(code, bare);
    return new Heard.No<>(new Reply.Answered(status, header, Optional.empty(), "", says), code);
  }

  private String advice(String code, Reply.Answered answer) {
    return switch (code) {
      case "AccessDeniedException", "AccessDenied" ->
          "; "
              + credentials()
              + " may not do this: give them the right, docs/platforms/ecs.md names it";
      case "UnrecognizedClientException",
          "InvalidSignatureException",
          "InvalidClientTokenId",
          "MissingAuthenticationTokenException",
          "IncompleteSignatureException",
          "ExpiredTokenException",
          "ExpiredToken" ->
          "; " + credentials() + " are wrong, expired or revoked: set valid ones";
      default -> {
        if (answer.status() == 429) {
          yield "; too many requests, nothing was done"
              + asked(answer).map(d -> ": wait " + d.toSeconds() + " s").orElse("");
        }
        yield answer.status() >= 500 ? "; that is its own trouble: see its status page" : "";
      }
    };
  }

  private String credentials() {
    return "the credentials "
        + settings.accessKeyId().map(Secret::reference).orElse("that AWS tools find here");
  }

  /// Amazon's words, made safe to show.
  String shown(String words) {
    String safe = words;
    for (Optional<Secret> secret :
        List.of(settings.accessKeyId(), settings.secretAccessKey(), settings.sessionToken())) {
      String value = secret.map(Secret::reveal).orElse("");
      safe = value.isBlank() ? safe : safe.replace(value, "•••");
    }
    return Text.clip(Text.plain(safe), SHOWN);
  }

  private synchronized C client() {
    C open = client;
    if (open == null) {
      open = opens.apply(settings, patience);
      client = open;
    }
    return open;
  }
}
