package dev.lastgood.demo;

import dev.lastgood.demo.shop.Head;
import dev.lastgood.demo.shop.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Small questions to the shop's programs.
final class Ask {
  private static final int CONNECT_MILLIS = 500;

  private Ask() {}

  /// The body of a page; empty if nobody answers, or not with 200.
  static Optional<String> get(String address, String path) {
    try (Wire wire = Wire.connect(address, CONNECT_MILLIS)) {
      Head request =
          new Head(
              "GET " + path + " HTTP/1.1",
              List.of(new Head.Header("Host", address), new Head.Header("Connection", "close")));
      wire.write(request, new byte[0]);
      Head answer = wire.readHead().orElseThrow(() -> new IOException("closed"));
      String body = new String(wire.readBody(answer, "GET"), StandardCharsets.UTF_8);
      return answer.status() == 200 ? Optional.of(body.strip()) : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// @throws IOException if it does not hold in time; `what` says what was waited for
  static void until(String what, int seconds, BooleanSupplier holds) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("after " + seconds + " s still not: " + what);
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting: " + what, e);
      }
    }
  }
}
