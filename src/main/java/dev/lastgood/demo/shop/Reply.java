package dev.lastgood.demo.shop;

/// What one of the shop's programs answers.
record Reply(int status, String type, String body) {
  static Reply json(int status, String body) {
    return new Reply(status, "application/json", body);
  }

  static Reply html(int status, String body) {
    return new Reply(status, "text/html; charset=utf-8", body);
  }
}
