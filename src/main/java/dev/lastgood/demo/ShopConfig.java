package dev.lastgood.demo;

import dev.lastgood.demo.shop.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;

/// Writes the shop's `lastgood.yaml`: the text in the resources, with this place's paths and ports.
final class ShopConfig {
  private ShopConfig() {}

  static void write(ShopPlace place) throws IOException {
    ShopServices services = new ShopServices(place);
    String text = template().replace("@DOOR@", place.doorUrl());
    for (String component : List.of("frontend", "backend")) {
      String name = component.equals("frontend") ? "FRONTEND" : "BACKEND";
      text =
          text.replace("@" + name + "_RUN@", words(services.run(component)))
              .replace("@" + name + "_PORTS@", services.ports(component).toString());
    }
    Files.writeString(place.config(), text);
  }

  /// A list of JSON texts is a list in YAML, too, whatever is in the texts.
  private static String words(List<String> words) {
    return words.stream().map(Json::text).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String template() throws IOException {
    try (InputStream in = ShopConfig.class.getResourceAsStream("lastgood.yaml")) {
      if (in == null) {
        throw new IOException("lastgood.yaml of the demo is not among the resources");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
