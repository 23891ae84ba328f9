package dev.lastgood.demo.shop;

import java.io.IOException;
import java.nio.file.Path;

/// The backend as a program: `BackendMain RELEASE-DIRECTORY PORT ORDERS-FILE`.
public final class BackendMain {
  private BackendMain() {}

  public static void main(String[] args) throws IOException {
    ShopRelease release = ShopRelease.read(Path.of(args[0]));
    Backend backend =
        new Backend(Integer.parseInt(args[1]), release, OrderStore.open(Path.of(args[2])));
    System.out.println("backend " + release.version() + " serves on 127.0.0.1:" + backend.port());
    Shutdown.then(backend);
  }
}
