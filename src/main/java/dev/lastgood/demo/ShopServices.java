package dev.lastgood.demo;

import dev.lastgood.demo.shop.BackendMain;
import dev.lastgood.demo.shop.FrontDoorMain;
import dev.lastgood.demo.shop.FrontendMain;
import dev.lastgood.provider.local.ProcessServiceSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How the shop's programs are started: the same words for the deploy tool and for `lastgood.yaml`.
record ShopServices(ShopPlace place) {
  /// @param component `backend`, `frontend`, or `front-door`
  List<String> run(String component) {
    return switch (component) {
      case "backend" ->
          java(
              "{release}/" + ShopReleases.JAR,
              BackendMain.class,
              "{release}",
              "{port}",
              place.orders().toString());
      case "frontend" ->
          java(
              "{release}/" + ShopReleases.JAR,
              FrontendMain.class,
              "{release}",
              "{port}",
              place.doorUrl() + "/api/");
      case "front-door" ->
          java(
              "{release}/" + ShopReleases.JAR,
              FrontDoorMain.class,
              "{port}",
              place.routes().toString());
      default -> throw new IllegalArgumentException("the shop has no " + component);
    };
  }

  List<Integer> ports(String component) {
    return switch (component) {
      case "backend" -> place.backendPorts();
      case "frontend" -> place.frontendPorts();
      case "front-door" -> List.of(place.doorPort());
      default -> throw new IllegalArgumentException("the shop has no " + component);
    };
  }

  ProcessServiceSettings settings(String component) {
    return new ProcessServiceSettings(
        run(component),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        ports(component),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static List<String> java(String jar, Class<?> main, String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
    // small programs: start fast, take little
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp", jar));
    command.add(main.getName());
    command.addAll(List.of(words));
    return command;
  }
}
