package dev.lastgood.demo.shop;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The first part of an HTTP/1.1 message: the start line and the headers, in order.
public record Head(String start, List<Header> headers) {
  public Head {
    headers = List.copyOf(headers);
  }

  public record Header(String name, String value) {}

  public String method() {
    return word(0);
  }

  /// Of a request: path and query, as sent.
  public String target() {
    return word(1);
  }

  /// Of an answer: 200, 503…
  public int status() {
    try {
      return Integer.parseInt(word(1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no status in the line: " + start, e);
    }
  }

  public Optional<String> first(String name) {
    return headers.stream()
        .filter(h -> h.name().equalsIgnoreCase(name))
        .map(Header::value)
        .findFirst();
  }

  public boolean says(String name, String token) {
    return first(name).map(v -> v.toLowerCase(Locale.ROOT).contains(token)).orElse(false);
  }

  /// May the connection be used again after this message?
  public boolean keepsAlive() {
    return start.contains("HTTP/1.1")
        ? !says("Connection", "close")
        : says("Connection", "keep-alive");
  }

  public Head withStart(String newStart) {
    return new Head(newStart, headers);
  }

  public Head without(String... names) {
    return new Head(
        start,
        headers.stream()
            .filter(h -> List.of(names).stream().noneMatch(h.name()::equalsIgnoreCase))
            .toList());
  }

  public Head with(String name, String value) {
    List<Header> more = new ArrayList<>(without(name).headers());
    more.add(new Header(name, value));
    return new Head(start, more);
  }

  private String word(int index) {
    String[] words = start.split(" ", 3);
    return index < words.length ? words[index] : "";
  }
}
