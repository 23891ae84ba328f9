package dev.lastgood.demo;

import dev.lastgood.demo.shop.Head;
import dev.lastgood.demo.shop.Wire;
import java.io.IOException;
import java.util.Optional;

/// One customer at the front door, with one kept connection. Behaves like a browser: a request that
/// can be repeated safely is, once, when its connection was closed before any byte of the answer.
final class Customer implements AutoCloseable {
  private static final int CONNECT_MILLIS = 1000;

  private final String address;
  private Optional<Wire> connection = Optional.empty();

  /// How a visit ended.
  ///
  /// @param failure empty if the shop served the customer
  /// @param repeated the request was sent a second time
  record Result(Optional<String> failure, boolean repeated) {}

  /// @param address of the front door, `127.0.0.1:8080`
  Customer(String address) {
    this.address = address;
  }

  Result make(Visit visit) {
    boolean repeated = false;
    while (true) {
      Optional<Wire> used = Optional.empty();
      try {
        used = Optional.of(connected());
        return new Result(ask(used.get(), visit), repeated);
      } catch (IOException | IllegalArgumentException e) {
        close();
        boolean silent = used.isPresent() && !used.get().heard();
        if (!silent || repeated || !visit.repeatable()) {
          return new Result(Optional.of(why(used.isPresent(), silent, e)), repeated);
        }
        repeated = true;
      }
    }
  }

  private Optional<String> ask(Wire wire, Visit visit) throws IOException {
    wire.write(visit.head(address), visit.bytes());
    Head answer = wire.readHead().orElseThrow(() -> new IOException("closed"));
    wire.readBody(answer, visit.method());
    if (!answer.keepsAlive()) {
      close();
    }
    return answer.status() < 400 ? Optional.empty() : Optional.of("answered " + answer.status());
  }

  private Wire connected() throws IOException {
    if (connection.isEmpty()) {
      connection = Optional.of(Wire.connect(address, CONNECT_MILLIS));
    }
    return connection.get();
  }

  private static String why(boolean connected, boolean silent, Exception e) {
    if (!connected) {
      return "no connection";
    }
    return silent ? "closed without an answer" : "cut off: " + e.getMessage();
  }

  @Override
  public void close() {
    connection.ifPresent(Wire::close);
    connection = Optional.empty();
  }
}
