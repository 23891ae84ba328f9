package dev.lastgood.model;

import java.util.function.Supplier;

/// A value that must never be printed: a reference such as `${env:TOKEN}`, resolved when it is
/// used.
public final class Secret {
  private final String reference;
  private final Supplier<String> value;

  /// @param reference how the configuration names it; safe to show
  /// @param value resolves it; called at every use
  public Secret(String reference, Supplier<String> value) {
    this.reference = reference;
    this.value = value;
  }

  public String reference() {
    return reference;
  }

  /// The value itself. Only an adapter that hands it to its platform calls this.
  public String reveal() {
    return value.get();
  }

  /// The reference, never the value.
  @Override
  public String toString() {
    return reference;
  }
}
