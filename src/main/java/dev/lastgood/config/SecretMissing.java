package dev.lastgood.config;

/// A secret reference that leads nowhere. The message names the reference, never a value.
public final class SecretMissing extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SecretMissing(String message) {
    super(message);
  }
}
