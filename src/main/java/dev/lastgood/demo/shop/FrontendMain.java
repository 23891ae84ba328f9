package dev.lastgood.demo.shop;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/// The frontend as a program: `FrontendMain RELEASE-DIRECTORY PORT API-URL`.
public final class FrontendMain {
  private FrontendMain() {}

  public static void main(String[] args) throws IOException {
    ShopRelease release = ShopRelease.read(Path.of(args[0]));
    Frontend frontend = new Frontend(Integer.parseInt(args[1]), release, URI.create(args[2]));
    System.out.println("frontend " + release.version() + " serves on 127.0.0.1:" + frontend.port());
    Shutdown.then(frontend);
  }
}
