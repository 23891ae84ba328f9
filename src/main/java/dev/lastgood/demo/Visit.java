package dev.lastgood.demo;

import dev.lastgood.demo.shop.Head;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// One thing a customer does: looks at the page, looks at the products, or orders.
///
/// @param body form of an order; empty for the others
/// @param repeatable asking twice is the same as asking once, so a browser may
record Visit(String method, String target, String body, boolean repeatable) {
  /// The n-th visit to the shop: of ten, two look at the page, six at the products, two order;
  /// every third order is to be wrapped as a gift.
  static Visit number(long n) {
    int kind = (int) (n % 10);
    if (kind < 2) {
      return new Visit("GET", "/", "", true);
    }
    if (kind < 8) {
      return new Visit("GET", "/api/products", "", true);
    }
    String gift = n / 10 % 3 == 0 ? "yes" : "no";
    return new Visit(
        "POST", "/api/orders", "order=" + orderId(n) + "&product=cup&gift=" + gift, false);
  }

  private static String orderId(long n) {
    return String.format(Locale.ROOT, "no-%06d", n);
  }

  boolean isOrder() {
    return method.equals("POST");
  }

  byte[] bytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  Head head(String host) {
    List<Head.Header> headers =
        List.of(
            new Head.Header("Host", host),
            new Head.Header("User-Agent", "lastgood-demo-customer"),
            new Head.Header("Content-Type", "application/x-www-form-urlencoded"),
            new Head.Header("Content-Length", String.valueOf(bytes().length)));
    return new Head(method + " " + target + " HTTP/1.1", headers);
  }
}
