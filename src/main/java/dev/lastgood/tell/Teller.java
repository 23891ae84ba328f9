package dev.lastgood.tell;

import java.time.Duration;
import java.util.List;

/// Somebody who is told: a command of the user's that gets the message on its standard input.
///
/// @param audience `team`, `customers`, or another word of the configuration
public record Teller(String name, String audience, List<String> command, Duration timeout) {
  public Teller {
    command = List.copyOf(command);
  }
}
