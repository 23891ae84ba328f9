package dev.lastgood.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where the demo's shop lives: one scratch folder, five ports of loopback.
///
/// @param backendPorts two, so that one release can run beside another
public record ShopPlace(
    Path folder, int doorPort, List<Integer> backendPorts, List<Integer> frontendPorts) {
  public ShopPlace {
    backendPorts = List.copyOf(backendPorts);
    frontendPorts = List.copyOf(frontendPorts);
  }

  /// On ports that nobody uses at this moment.
  static ShopPlace in(Path folder) throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      // all held at once, so that no port is given out twice
      for (int i = 0; i < 5; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        ports.add(socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
    return new ShopPlace(folder, ports.get(0), ports.subList(1, 3), ports.subList(3, 5));
  }

  Path config() {
    return folder.resolve("lastgood.yaml");
  }

  Path routes() {
    return folder.resolve("routes");
  }

  Path orders() {
    return folder.resolve("data/orders.jsonl");
  }

  Path home(String component) {
    return folder.resolve(component);
  }

  Path release(String component, String version) {
    return home(component).resolve("releases").resolve(version);
  }

  String door() {
    return "127.0.0.1:" + doorPort;
  }

  String doorUrl() {
    return "http://" + door();
  }
}
