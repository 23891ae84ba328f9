package dev.lastgood.demo.shop;

import java.io.Closeable;
import java.io.IOException;

/// A polite end: on SIGTERM finish what is on its way.
final class Shutdown {
  private Shutdown() {}

  static void then(Closeable program) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                program.close();
                System.out.println("stopped as asked");
              } catch (IOException e) {
                System.out.println("stopped with " + e.getMessage());
              }
            }));
  }
}
