package dev.lastgood.evidence;

import java.io.IOException;

/// The other side answered, but not in HTTP as it is written. The message is in plain words and
/// holds nothing that was sent.
final class BrokenAnswer extends IOException {
  private static final long serialVersionUID = 1L;

  BrokenAnswer(String message) {
    super(message);
  }
}
