package dev.lastgood.rehearsal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// A vendor's API on a free port of loopback: who may ask, how often, what goes wrong, and a count
/// of everything. What it is asked for is in the subclasses.
public abstract class PlayedApi implements AutoCloseable {
  private static final int BODY_LIMIT = 1 << 20;
  private static final int REMEMBERED = 10_000;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String token;
  private final List<Laid> traps = new ArrayList<>();
  private final List<Asked> asked = new ArrayList<>();
  private Optional<Quota> quota = Optional.empty();
  private boolean expired;
  private boolean readOnly;
  private int limited;

  private record Laid(Predicate<Asked> when, Trap trap, int times) {}

  /// @param token what a request must carry
  protected PlayedApi(String token) throws IOException {
    this.token = token;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
  }

  /// The last thing a subclass does when it is made: from now on it answers.
  protected final void open() {
    server.createContext("/", this::serve);
    server.start();
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  // ---- what goes wrong

  /// The next `times` requests of this kind meet it; traps that were set first come first.
  public synchronized void trap(int times, Predicate<Asked> when, Trap trap) {
    traps.add(new Laid(when, trap, times));
  }

  /// Beyond so many requests within the time it answers 429.
  public void limit(int requests, Duration per) {
    limit(new Quota(requests, per));
  }

  /// Beyond that it answers 429, with the time to wait.
  public synchronized void limit(Quota quota) {
    this.quota = Optional.of(quota);
  }

  /// From now on the token is not known any more.
  public synchronized void expireToken() {
    expired = true;
  }

  /// From now on the token may look and change nothing.
  public synchronized void forbidChanges() {
    readOnly = true;
  }

  // ---- what was asked

  public synchronized List<Asked> asked() {
    return List.copyOf(asked);
  }

  public synchronized long changes() {
    return asked.stream().filter(this::changes).count();
  }

  /// How many requests were answered 429 because of the limit.
  public synchronized int limited() {
    return limited;
  }

  /// Everything that a look must not change, as text.
  public abstract String snapshot();

  // ---- what a vendor does

  /// Answers, and changes what is asked for. Called by one thread at a time.
  protected abstract Told answer(Asked asked);

  /// The answer of success, with nothing changed.
  protected abstract Told lie(Asked asked);

  /// The body of an error, as the vendor writes it.
  protected abstract Object error(int status, String says);

  /// How it says that the token is not good enough: 401 when it is unknown, 403 when it may not.
  protected Told denied(int status, String says) {
    return no(status, says);
  }

  /// What carries the token.
  protected String credential(Asked asked) {
    return asked.header().apply("Authorization").replaceFirst("^(?i)Bearer ", "");
  }

  /// For traps that wait for a change.
  public final boolean isChange(Asked request) {
    return changes(request);
  }

  /// Whether the request would change something; a vendor may read by POST.
  protected boolean changes(Asked asked) {
    return asked.changes();
  }

  protected final Told no(int status, String says) {
    return Told.json(status, error(status, says));
  }

  /// The vendor's errors, for the parts of a large one.
  interface Errors {
    Told no(int status, String says);
  }

  // ---- serving

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Asked request = read(exchange);
      Optional<Told> told = decide(request);
      if (told.isPresent()) {
        send(exchange, told.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return empty: the connection is cut
  private Optional<Told> decide(Asked request) throws InterruptedException {
    Optional<Trap> trap;
    synchronized (this) {
      if (asked.size() < REMEMBERED) {
        asked.add(request);
      }
      trap = sprung(request);
    }
    if (trap.isPresent() && trap.get() instanceof Trap.Slow slow) {
      Thread.sleep(slow.by());
    }
    synchronized (this) {
      Optional<Told> refused = refused(request);
      if (refused.isPresent()) {
        return refused;
      }
      if (trap.isEmpty()) {
        return Optional.of(answer(request));
      }
      return switch (trap.get()) {
        case Trap.Slow _ -> Optional.of(answer(request));
        case Trap.Says says ->
            Optional.of(new Told(says.status(), says.body(), new TreeMap<>(says.headers())));
        case Trap.DoesAndSays says -> {
          answer(request);
          yield Optional.of(new Told(says.status(), says.body(), new TreeMap<>()));
        }
        case Trap.Cuts _ -> Optional.empty();
        case Trap.DoesAndCuts _ -> {
          answer(request);
          yield Optional.empty();
        }
        case Trap.Lies _ -> Optional.of(lie(request));
        case Trap.DoesTwice _ -> {
          answer(request);
          yield Optional.of(answer(request));
        }
      };
    }
  }

  private Optional<Trap> sprung(Asked request) {
    for (int i = 0; i < traps.size(); i++) {
      Laid set = traps.get(i);
      if (set.when().test(request)) {
        if (set.times() > 1) {
          traps.set(i, new Laid(set.when(), set.trap(), set.times() - 1));
        } else {
          traps.remove(i);
        }
        return Optional.of(set.trap());
      }
    }
    return Optional.empty();
  }

  private Optional<Told> refused(Asked request) {
    Optional<Duration> wait = quota.flatMap(q -> q.take(System.nanoTime()));
    if (wait.isPresent()) {
      limited++;
      long seconds = wait.get().plusMillis(999).toSeconds();
      return Optional.of(no(429, "Too many requests").with(Map.of("Retry-After", "" + seconds)));
    }
    if (expired || !credential(request).equals(token)) {
      return Optional.of(denied(401, "Not authorized"));
    }
    return readOnly && changes(request)
        ? Optional.of(denied(403, "You don't have permission"))
        : Optional.empty();
  }

  private static Asked read(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(BODY_LIMIT);
    return new Asked(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getPath(),
        query(exchange.getRequestURI().getRawQuery()),
        name -> Optional.ofNullable(exchange.getRequestHeaders().getFirst(name)).orElse(""),
        json(body));
  }

  private static JsonNode json(byte[] body) {
    try {
      return body.length == 0 ? MissingNode.getInstance() : Told.JSON.readTree(body);
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }

  private static SortedMap<String, String> query(@Nullable String raw) {
    var query = new TreeMap<String, String>();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        String[] parts = pair.split("=", 2);
        query.put(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
      }
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, Told told) throws IOException {
    byte[] body = told.body().getBytes(StandardCharsets.UTF_8);
    if (body.length > 0) {
      exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
    }
    told.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    if (told.headers().containsKey(Told.LINGERS)) {
      linger(exchange, told, body);
      return;
    }
    exchange.sendResponseHeaders(told.status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
  }

  private static void linger(HttpExchange exchange, Told told, byte[] body) throws IOException {
    long millis = Long.parseLong(told.headers().getOrDefault(Told.LINGERS, "0"));
    exchange.getResponseHeaders().remove(Told.LINGERS);
    exchange.sendResponseHeaders(told.status(), 0);
    exchange.getResponseBody().write(body);
    exchange.getResponseBody().flush();
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
