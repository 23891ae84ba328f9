package dev.lastgood.signal;

import dev.lastgood.model.Actor;
import dev.lastgood.model.Measurement;
import java.time.Instant;

/// A fact with a time and a source.
public sealed interface Signal {
  Instant at();

  /// One line for people.
  String says();

  record CheckMeasured(Instant at, String check, Measurement measurement) implements Signal {
    @Override
    public String says() {
      return check + " is " + measurement.word() + ": " + measurement.seen();
    }
  }

  record PersonAsked(Instant at, Actor person, String reason) implements Signal {
    @Override
    public String says() {
      return person + " asked: " + reason;
    }
  }
}
