package dev.lastgood.demo;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.Supervisor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The shop team's own deploy tool, as small as such tools are: starts the new release beside the
/// old one, moves the front door, stops the old one. It checks that the new release answers, no
/// more; so a fault that shows a few seconds later goes live with a green deploy.
final class Deploy {
  private static final int START_SECONDS = 30;
  private static final Duration DRAIN = Duration.ofMillis(200);

  private final ShopPlace place;

  Deploy(ShopPlace place) {
    this.place = place;
  }

  /// @param service starts and stops the component; Lastgood's own, so that it knows the processes
  /// @throws IOException if the release does not come up; the one before it then goes on
  void release(String component, Supervisor service, String version) throws IOException {
    Path home = place.release(component, version);
    List<Supervisor.Running> before = service.running();
    int port = freePort(service, before);
    start(component, service, new Supervisor.Wanted(version, home, port));

    String address = "127.0.0.1:" + port;
    Ask.until(
        component + " " + version + " answers on " + address,
        START_SECONDS,
        () -> Ask.get(address, health(component)).isPresent());
    AtomicFiles.write(place.routes().resolve(component), address + "\n");
    Ask.until(
        "the front door routes " + component + " to " + address,
        START_SECONDS,
        () -> Ask.get(place.door(), "/_door/routes/" + component).orElse("").equals(address));
    AtomicFiles.link(
        place.home(component).resolve("current"), Path.of("releases").resolve(version));

    for (Supervisor.Running old : before) {
      service.stop(
          new Supervisor.Wanted(old.release(), place.release(component, old.release()), old.port()),
          DRAIN);
    }
  }

  /// Starts a program and waits until it listens.
  static void start(String component, Supervisor service, Supervisor.Wanted wanted)
      throws IOException {
    Outcome outcome = service.start(wanted, "deploy-" + component + "-" + wanted.release());
    if (!(outcome instanceof Outcome.Done)) {
      throw new IOException(component + " " + wanted.release() + " did not start: " + outcome);
    }
    Ask.until(
        component + " " + wanted.release() + " listens on " + wanted.port(),
        START_SECONDS,
        () -> service.started(wanted) instanceof Sight.Holds);
  }

  private static String health(String component) {
    return component.equals("backend") ? "/api/health" : "/health";
  }

  private static int freePort(Supervisor service, List<Supervisor.Running> running)
      throws IOException {
    return service.ports().stream()
        .filter(port -> running.stream().noneMatch(r -> r.port() == port))
        .findFirst()
        .orElseThrow(() -> new IOException("every slot is taken: " + running));
  }
}
