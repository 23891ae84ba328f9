package dev.lastgood.demo;

import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Supervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The demo's shop as its team has it: three programs that outlive the tool that started them.
final class Shop implements AutoCloseable {
  private static final String DOOR = "front-door";

  private final ShopPlace place;
  private final Map<String, Supervisor> services = new LinkedHashMap<>();
  private final Deploy deploy;

  /// @param state Lastgood's state folder: its adapters know from there what runs, whoever started
  ///   it
  Shop(ShopPlace place, Path state, InstantSource clock) {
    this.place = place;
    this.deploy = new Deploy(place);
    ShopServices words = new ShopServices(place);
    Surroundings own = new Surroundings(place.folder(), place.folder().resolve("door"), clock);
    for (String component : List.of("frontend", "backend")) {
      Path theirs = state.resolve("platforms").resolve(component);
      services.put(
          component,
          words
              .settings(component)
              .open(component, new Surroundings(place.folder(), theirs, clock)));
    }
    // last: it is also stopped last
    services.put(DOOR, words.settings(DOOR).open(DOOR, own));
  }

  /// Builds the releases, v2 of the backend with its fault, and opens the front door.
  void open() throws IOException {
    Files.createDirectories(place.routes());
    for (String component : List.of("frontend", "backend")) {
      ShopReleases.build(place.release(component, "v1"), "v1", "");
    }
    ShopReleases.build(place.release("backend", "v2"), "v2", "connection-leak");
    ShopReleases.build(place.home(DOOR), "door", "");
    Deploy.start(
        DOOR, services(DOOR), new Supervisor.Wanted("door", place.home(DOOR), place.doorPort()));
  }

  void deploy(String component, String version) throws IOException {
    deploy.release(component, services(component), version);
  }

  List<Supervisor.Running> running(String component) {
    return services(component).running();
  }

  /// The address the front door sends this component's requests to; empty if it does not say.
  String address(String component) {
    return Ask.get(place.door(), "/_door/routes/" + component).orElse("");
  }

  /// Every process of the shop, for a person who wants to end it.
  List<String> pids() {
    return services.values().stream()
        .flatMap(service -> service.running().stream())
        .map(running -> Long.toString(running.pid()))
        .toList();
  }

  /// Ends every program of the shop, whoever started it.
  @Override
  public void close() {
    services.forEach((component, service) -> {
      for (Supervisor.Running running : service.running()) {
        Path home =
            component.equals(DOOR) ? place.home(DOOR) : place.release(component, running.release());
        service.stop(new Supervisor.Wanted(running.release(), home, running.port()), Duration.ZERO);
      }
    });
  }

  private Supervisor services(String component) {
    Supervisor service = services.get(component);
    if (service == null) {
      throw new IllegalArgumentException("the shop has no " + component);
    }
    return service;
  }
}
