package dev.lastgood.demo.shop;

import java.io.IOException;
import java.nio.file.Path;

/// The front door as a program: `FrontDoorMain PORT ROUTES-FOLDER`.
public final class FrontDoorMain {
  private FrontDoorMain() {}

  public static void main(String[] args) throws IOException {
    FrontDoor door = FrontDoor.open(Integer.parseInt(args[0]), Path.of(args[1]));
    System.out.println("the front door is open on 127.0.0.1:" + door.port());
    Shutdown.then(door);
  }
}
