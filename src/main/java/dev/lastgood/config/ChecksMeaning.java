package dev.lastgood.config;

import dev.lastgood.config.CheckForm.CommandForm;
import dev.lastgood.config.CheckForm.HttpForm;
import dev.lastgood.config.CheckForm.TcpForm;
import dev.lastgood.config.CheckForm.WordForm;
import dev.lastgood.evidence.Check;
import dev.lastgood.evidence.Check.Moment;
import dev.lastgood.model.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// What `checks:` means.
final class ChecksMeaning {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final int LATENCY_REQUESTS = 20;

  private final Spots spots;

  ChecksMeaning(Spots spots) {
    this.spots = spots;
  }

  List<Check> of(Map<String, CheckForm> forms) {
    var checks = new ArrayList<Check>();
    forms.forEach((name, form) -> checks.add(check(name, form)));
    factNames();
    return checks;
  }

  /// Two checks must not share the fact that says how they are.
  private void factNames() {
    var checkOf = new HashMap<String, String>();
    for (String check : spots.names("checks")) {
      String other = checkOf.putIfAbsent(FactNames.ofCheck(check), check);
      if (other != null) {
        spots.key(
            "checks." + check,
            "conditions cannot tell `" + check + "` from `" + other + "`; choose another name");
      }
    }
  }

  private Check check(String name, CheckForm form) {
    String path = "checks." + name;
    form.component()
        .ifPresent(component ->
            spots.known(path + ".component", "component", component, spots.names("components")));
    Duration timeout = form.timeout().orElse(TIMEOUT);
    longerThanNothing(path + ".timeout", timeout);
    Set<Moment> when = form.when().isEmpty() ? EnumSet.allOf(Moment.class) : form.when();
    Check.Probe probe =
        switch (form) {
          case HttpForm http -> http(path, http);
          case TcpForm tcp -> tcp(path, tcp.tcp());
          case CommandForm command -> command(path, command);
        };
    return new Check(name, form.component(), when, timeout, probe);
  }

  private void longerThanNothing(String path, Duration duration) {
    if (duration.isZero()) {
      spots.value(path, "must be longer than nothing");
    }
  }

  private Check.Http http(String path, HttpForm form) {
    url(path + ".get", form.get());
    for (int status : form.status()) {
      if (status < 100 || status > 599) {
        spots.value(path + ".status", "`" + status + "` is no HTTP status");
      }
    }
    form.latency()
        .ifPresent(latency -> {
          longerThanNothing(path + ".latency.p95", latency.p95());
          int requests = latency.requests().orElse(LATENCY_REQUESTS);
          if (requests < 1 || requests > 10_000) {
            spots.value(path + ".latency.requests", "must be from 1 to 10000");
          }
        });
    form.version()
        .filter(version -> version.at().isBlank() || version.at().equals("header:"))
        .ifPresent(_ -> spots.value(path + ".version", "expected a path or header:NAME"));
    headers(path + ".headers", form.headers());
    return new Check.Http(
        form.get(),
        "GET",
        status(form),
        form.expect(),
        form.word().map(word -> word(path + ".word", word)),
        form.version().map(version -> new Check.VersionAt(version.at())),
        form.latency().map(l -> new Check.Latency(l.p95(), l.requests().orElse(LATENCY_REQUESTS))),
        new TreeMap<>(form.headers()));
  }

  /// An expectation that looks at the status itself must get to see every status.
  private static Set<Integer> status(HttpForm form) {
    if (!form.status().isEmpty()) {
      return form.status();
    }
    return form.expect().filter(expect -> expect.names().contains("status")).isPresent()
        ? IntStream.rangeClosed(100, 599).boxed().collect(Collectors.toSet())
        : Set.of(200);
  }

  private void url(String path, String url) {
    try {
      var uri = new URI(url);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if (!Set.of("http", "https").contains(scheme) || uri.getHost() == null) {
        spots.value(path, "expected a URL such as `http://127.0.0.1:8080/health`");
      } else if (uri.getUserInfo() != null) {
        spots.value(
            path, "a password in a URL is seen in reports; send it in `headers` as a reference");
      }
    } catch (URISyntaxException bad) {
      spots.value(path, "not a URL: " + bad.getReason() + " at character " + (bad.getIndex() + 1));
    }
  }

  private Check.Word word(String path, WordForm form) {
    Set<String> unhealthy =
        form.unhealthy().stream().map(w -> w.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    for (String word : form.healthy()) {
      if (unhealthy.contains(word.toLowerCase(Locale.ROOT))) {
        spots.value(path + ".unhealthy", "`" + word + "` is healthy and unhealthy at once");
      }
    }
    return new Check.Word(form.at(), form.healthy(), form.unhealthy());
  }

  private void headers(String path, Map<String, Secret> headers) {
    headers.forEach((name, value) -> {
      if (!name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+")) {
        spots.key(path + "." + name, "`" + name + "` cannot be the name of a header");
      }
      if (value.reference().matches("(?s).*[\r\n].*")) {
        spots.value(path + "." + name, "a header is one line");
      }
      if (tellsWho(name) && !Secrets.hasReference(value.reference())) {
        spots.value(
            path + "." + name,
            "`" + name + "` carries a secret; write a reference such as `Bearer ${env:TOKEN}`");
      }
    });
  }

  private static boolean tellsWho(String header) {
    String name = header.toLowerCase(Locale.ROOT);
    return name.contains("auth")
        || name.contains("cookie")
        || name.contains("token")
        || name.contains("secret")
        || name.contains("password")
        || name.endsWith("key");
  }

  private Check.Tcp tcp(String path, String address) {
    int colon = address.lastIndexOf(':');
    String host = colon < 0 ? "" : address.substring(0, colon);
    int port = colon < 0 ? 0 : port(address.substring(colon + 1));
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (host.isBlank() || port == 0 || (host.contains(":") && !bracketed)) {
      spots.value(path + ".tcp", "expected host and port such as `127.0.0.1:5432`");
      return new Check.Tcp("localhost", 1);
    }
    return new Check.Tcp(bracketed ? host.substring(1, host.length() - 1) : host, port);
  }

  private static int port(String text) {
    if (!text.matches("\\d{1,5}")) {
      return 0;
    }
    int port = Integer.parseInt(text);
    return port <= 65_535 ? port : 0;
  }

  private Check.Command command(String path, CommandForm form) {
    for (int exit : form.unhealthyExits()) {
      if (exit < 1 || exit > 255) {
        spots.value(path + ".unhealthy-exits", "must be from 1 to 255; exit 0 is healthy");
      }
    }
    return new Check.Command(
        form.run(), form.unhealthyExits().isEmpty() ? Set.of(1) : form.unhealthyExits());
  }
}
