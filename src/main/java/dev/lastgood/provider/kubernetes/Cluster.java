package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An API server, asked in its own words. Questions are repeated while there is time; a change is
/// sent once.
final class Cluster {
  /// Values of Secrets never travel: only the names are asked for.
  private static final String NAMES_ONLY =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

  private static final String LIST_OF_NAMES =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

  private static final String JSON = "application/json";
  private static final int PAGE = 500;
  private static final int PAGES = 8;
  private static final int LONGEST_WORDS = 300;

  private final Access access;
  private final Duration patience;
  private @Nullable Fabric fabric;

  Cluster(Access access, Duration patience) {
    this.access = access;
    this.patience = patience;
  }

  Access access() {
    return access;
  }

  /// What a change carries.
  record Body(String type, String text) {
    static Body patch(JsonNode operations) {
      return new Body("application/json-patch+json", operations.toString());
    }

    static Body merge(JsonNode part) {
      return new Body("application/merge-patch+json", part.toString());
    }

    static Body json(JsonNode whole) {
      return new Body(JSON, whole.toString());
    }
  }

  /// What came of a change.
  sealed interface Sent {
    record Yes() implements Sent {}

    /// Somebody else changed the object first; nothing was changed.
    record Overtaken(String said) implements Sent {}

    record No(Outcome outcome) implements Sent {}
  }

  // ---- asking

  /// @return empty when there is none
  /// @throws PlatformUnreachable if no usable answer came in time, or it may not be read
  Optional<JsonNode> find(String path) throws PlatformUnreachable {
    Fabric.Reply reply = ask(path, JSON);
    return absent(reply) ? Optional.empty() : Optional.of(object(path, reply));
  }

  /// All of a list, page by page.
  List<JsonNode> list(String path, String selector) throws PlatformUnreachable {
    return list(path, selector, JSON);
  }

  /// The same, but only names, labels and annotations of each: no values travel.
  List<JsonNode> names(String path, String selector) throws PlatformUnreachable {
    return list(path, selector, LIST_OF_NAMES);
  }

  private List<JsonNode> list(String path, String selector, String accept)
      throws PlatformUnreachable {
    List<JsonNode> all = new ArrayList<>();
    String more = "";
    for (int page = 0; page < PAGES; page++) {
      String query =
          path
              + "?limit="
              + PAGE
              + (selector.isEmpty() ? "" : "&labelSelector=" + encoded(selector))
              + (more.isEmpty() ? "" : "&continue=" + encoded(more));
      JsonNode list = object(path, ask(query, accept));
      if (!list.path("items").isArray()) {
        throw strange(path);
      }
      list.path("items").forEach(all::add);
      more = list.path("metadata").path("continue").asString("");
      if (more.isEmpty()) {
        return all;
      }
    }
    throw new PlatformUnreachable(
        named(path) + ": more than " + PAGE * PAGES + " objects; that is not looked through");
  }

  /// Whether an object is there; empty: it may not be known.
  Optional<Boolean> exists(String path) throws PlatformUnreachable {
    Fabric.Reply reply = ask(path, NAMES_ONLY);
    if (reply.status() == 403) {
      return Optional.empty();
    }
    if (absent(reply)) {
      return Optional.of(false);
    }
    object(path, reply);
    return Optional.of(true);
  }

  /// What a container printed; the newest part.
  String log(String path, String query) throws PlatformUnreachable {
    Fabric.Reply reply = ask(path + "?" + query, "text/plain, */*");
    if (reply.status() != 200) {
      throw refused(path, reply);
    }
    return reply.body();
  }

  private Fabric.Reply ask(String path, String accept) throws PlatformUnreachable {
    long end = System.nanoTime() + patience.toNanos();
    long pause = 100;
    while (true) {
      Duration rest = Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
      try {
        Fabric.Reply reply = fabric().send("GET", path, Optional.empty(), accept, rest);
        boolean trouble = reply.status() == 429 || reply.status() >= 500;
        if (!trouble || !timeFor(pause, end)) {
          return reply;
        }
      } catch (Unusable e) {
        throw new PlatformUnreachable(hidden(String.valueOf(e.getMessage())), e);
      } catch (IOException e) {
        if (!timeFor(pause, end)) {
          throw new PlatformUnreachable(
              access.words() + " gives no answer: " + said(e) + "; is it the right address?", e);
        }
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PlatformUnreachable("interrupted while asking " + access.words(), e);
      }
      pause *= 2;
    }
  }

  /// Whether there is time for a pause and a repetition.
  private static boolean timeFor(long pause, long end) {
    return end - System.nanoTime() > Duration.ofMillis(2 * pause).toNanos();
  }

  private JsonNode object(String path, Fabric.Reply reply) throws PlatformUnreachable {
    if (reply.status() / 100 != 2) {
      throw refused(path, reply);
    }
    try {
      JsonNode json = JsonMapper.shared().readTree(reply.body());
      if (json.isObject() && !json.path("metadata").isMissingNode()) {
        return json;
      }
    } catch (JacksonException e) {
      throw new PlatformUnreachable(strangeness(path), e);
    }
    throw strange(path);
  }

  private PlatformUnreachable strange(String path) {
    return new PlatformUnreachable(strangeness(path));
  }

  private String strangeness(String path) {
    return named(path)
        + ": the answer has no form that Kubernetes has; is "
        + access.words()
        + " an API server, or a proxy that wants a login?";
  }

  private PlatformUnreachable refused(String path, Fabric.Reply reply) {
    return new PlatformUnreachable(
        named(path)
            + ": "
            + switch (reply.status()) {
              case 401 ->
                  "the cluster does not know who asks (401): get a new token, or correct "
                      + access.words();
              case 403 ->
                  "this is not allowed (403): "
                      + said(reply)
                      + "; see docs/platforms/kubernetes.md";
              default -> reply.status() + ": " + said(reply);
            });
  }

  /// An API server says that there is none: of this name, or of this kind at all. Any other 404 is
  /// somebody else's.
  private static boolean absent(Fabric.Reply reply) {
    return reply.status() == 404
        && (status(reply).isPresent() || reply.body().strip().equals("404 page not found"));
  }

  // ---- changing

  /// Sends a change once.
  Sent change(String method, String path, Body body) {
    Fabric.Reply reply;
    try {
      reply = fabric().send(method, path, Optional.of(body), JSON, patience);
    } catch (IOException e) {
      return new Sent.No(
          never(e)
              ? new Outcome.Refused(
                  access.words() + " cannot be reached: " + said(e) + "; nothing was sent")
              : new Outcome.Unknown(
                  named(path)
                      + ": the change was sent and no answer came ("
                      + said(e)
                      + "); look whether it was done"));
    }
    int status = reply.status();
    if (status / 100 == 2) {
      return new Sent.Yes();
    }
    String words = named(path) + ": " + status + ": " + said(reply);
    if (status == 409) {
      return new Sent.Overtaken(words);
    }
    return new Sent.No(
        status >= 500 || status / 100 == 3
            ? new Outcome.Unknown(words + "; it may have been done, look")
            : new Outcome.Refused(refused(path, reply).getMessage() + "; nothing was changed"));
  }

  /// Whether nothing can have been sent.
  private static boolean never(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof ConnectException
          || t instanceof UnknownHostException
          || t instanceof java.net.http.HttpConnectTimeoutException
          || t instanceof Unusable) {
        return true;
      }
    }
    return false;
  }

  // ---- words

  /// The access itself is unusable: nothing was sent.
  private static final class Unusable extends IOException {
    private static final long serialVersionUID = 1L;

    Unusable(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private synchronized Fabric fabric() throws IOException {
    Fabric open = fabric;
    if (open == null) {
      try {
        open = Fabric.open(access, patience);
      } catch (IOException e) {
        throw new Unusable(e);
      }
      fabric = open;
    }
    return open;
  }

  private static Optional<JsonNode> status(Fabric.Reply reply) {
    try {
      JsonNode json = JsonMapper.shared().readTree(reply.body().isEmpty() ? "{}" : reply.body());
      return Optional.of(json).filter(j -> j.path("kind").asString("").equals("Status"));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private String said(Fabric.Reply reply) {
    String message =
        status(reply).map(s -> s.path("message").asString("")).filter(m -> !m.isBlank()).orElse("");
    return message.isEmpty() ? "no reason was given" : hidden(message);
  }

  private String said(IOException e) {
    return hidden(e.getMessage() == null ? why(e) : e.getMessage());
  }

  private String hidden(String text) {
    String plain = Text.plain(text);
    return Text.clip(
        access.secret().map(s -> plain.replace(s, "•••")).orElse(plain), LONGEST_WORDS);
  }

  /// "deployments/shop" of an address.
  private static String named(String path) {
    String[] parts = path.replaceFirst("[?].*", "").split("/", -1);
    int n = parts.length;
    return n < 2 ? path : parts[n - 2] + "/" + parts[n - 1];
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// The innermost reason of an exception, in one line.
  static String why(Throwable e) {
    Throwable innermost = e;
    for (Throwable t = e; t != null; t = t.getCause()) {
      innermost = t;
    }
    String message = innermost.getMessage();
    if (innermost instanceof NoSuchFileException && message != null) {
      return message + " is not there";
    }
    return message == null || message.isBlank()
        ? innermost.getClass().getSimpleName()
        : Text.plain(message);
  }
}
