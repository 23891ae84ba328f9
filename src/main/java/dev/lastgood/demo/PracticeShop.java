package dev.lastgood.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/// The demo's shop without its story: for the training run of the AOT cache, and for programs that
/// measure. In its folder are `lastgood.yaml` and Lastgood's state.
public final class PracticeShop implements AutoCloseable {
  private final ShopPlace place;
  private final Shop shop;

  private PracticeShop(ShopPlace place, Shop shop) {
    this.place = place;
    this.shop = shop;
  }

  /// Builds the shop and opens its front door; nothing is deployed yet.
  ///
  /// @param folder an empty one
  public static PracticeShop open(Path folder, InstantSource clock) throws IOException {
    ShopPlace place = ShopPlace.in(folder.toAbsolutePath());
    Shop shop = new Shop(place, place.folder().resolve("state"), clock);
    ShopConfig.write(place);
    shop.open();
    return new PracticeShop(place, shop);
  }

  /// @param component `frontend` (v1) or `backend` (v1, and v2 with its fault)
  public void deploy(String component, String version) throws IOException {
    shop.deploy(component, version);
  }

  /// Address of the front door, `127.0.0.1:8080`.
  public String door() {
    return place.door();
  }

  @Override
  public void close() {
    shop.close();
  }
}
