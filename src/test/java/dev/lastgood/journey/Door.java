package dev.lastgood.journey;

import dev.lastgood.demo.shop.FrontDoor;
import dev.lastgood.provider.local.RealNginx;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the customers of a small system come in.
interface Door extends AutoCloseable {
  int port();

  /// The section `proxy` of the component, in one line.
  String yaml();

  /// What the team's deploy tool does.
  void lead(int port) throws IOException;

  @Override
  void close() throws IOException;

  /// The demo's front door: reads its route from a file.
  static Door ofTheShop(Path folder) throws IOException {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    FrontDoor door = FrontDoor.open(0, routes);
    return new Door() {
      @Override
      public int port() {
        return door.port();
      }

      @Override
      public String yaml() {
        return "{ kind: file, file: routes/backend, template: \"{address}\", read-back:"
            + " \"http://127.0.0.1:"
            + port()
            + "/_door/routes/backend\" }";
      }

      @Override
      public void lead(int port) throws IOException {
        Files.writeString(routes.resolve("backend"), "127.0.0.1:" + port + "\n");
      }

      @Override
      public void close() throws IOException {
        door.close();
      }
    };
  }

  /// A real nginx of its own.
  static Door ofNginx(Path folder) throws IOException {
    RealNginx nginx = RealNginx.in(folder.resolve("nginx"));
    Path upstream = folder.resolve("nginx/backend.conf");
    Files.writeString(
        nginx.site(),
        "include %s;\nserver {\n  listen 127.0.0.1:%d;\n  location / { proxy_pass http://backend; }\n  location = /.lastgood/backend { default_type text/plain; return 200 $lastgood_backend; }\n}\n"
            .formatted(upstream, nginx.port()));
    return new Door() {
      private boolean open;

      @Override
      public int port() {
        return nginx.port();
      }

      @Override
      public String yaml() {
        return "{ kind: nginx, file: nginx/backend.conf, upstream: backend, config: nginx/nginx.conf,"
            + " read-back: \"http://127.0.0.1:"
            + port()
            + "/.lastgood/backend\" }";
      }

      @Override
      public void lead(int port) throws IOException {
        String address = "127.0.0.1:" + port;
        Files.writeString(
            upstream,
            "upstream backend {\n    server %s;\n}\nmap \"\" $lastgood_backend {\n    default \"%s\";\n}\n"
                .formatted(address, address));
        try {
          if (open) {
            nginx.hangUp();
          } else {
            nginx.start();
            open = true;
          }
        } catch (Exception e) {
          throw new IOException(e);
        }
        Until.holds("nginx leads to " + address, () -> asked().endsWith(address));
      }

      private String asked() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
          socket
              .getOutputStream()
              .write("GET /.lastgood/backend HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void close() {
        nginx.close();
      }
    };
  }
}
