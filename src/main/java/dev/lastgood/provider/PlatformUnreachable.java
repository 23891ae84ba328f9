package dev.lastgood.provider;

/// The environment is not there: no answer, or none that can be used. Says what, on what, what
/// next.
public final class PlatformUnreachable extends Exception {
  private static final long serialVersionUID = 1L;

  public PlatformUnreachable(String message) {
    super(message);
  }

  public PlatformUnreachable(String message, Throwable cause) {
    super(message, cause);
  }
}
