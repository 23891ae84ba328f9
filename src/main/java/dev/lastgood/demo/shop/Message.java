package dev.lastgood.demo.shop;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// A request or an answer, whole. (A class: a record of bytes would compare them by identity.)
final class Message {
  private final Head head;
  private final byte[] body;

  Message(Head head, byte[] body) {
    this.head = head;
    this.body = body;
  }

  static Message json(int status, String body) {
    return answer(status, "application/json", body);
  }

  static Message html(int status, String body) {
    return answer(status, "text/html; charset=utf-8", body);
  }

  static Message plain(int status, String body) {
    return answer(status, "text/plain; charset=utf-8", body);
  }

  Head head() {
    return head;
  }

  byte[] body() {
    return body;
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /// Without a query.
  String path() {
    return head.target().split("\\?", 2)[0];
  }

  private static Message answer(int status, String type, String body) {
    return new Message(
        new Head(
            "HTTP/1.1 " + status + (status < 400 ? " OK" : " Trouble"),
            List.of(new Head.Header("Content-Type", type))),
        body.getBytes(StandardCharsets.UTF_8));
  }
}
