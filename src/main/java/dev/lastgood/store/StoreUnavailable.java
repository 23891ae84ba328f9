package dev.lastgood.store;

/// The state cannot be read or written. Nothing was changed by the call that threw it.
public final class StoreUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String what;
  private final String on;
  private final String next;

  /// @param what what failed: "the disk is full"
  /// @param on the file or server, without credentials
  /// @param next what a person can do
  public StoreUnavailable(String what, String on, String next, Throwable cause) {
    super(on + ": " + what + "; " + next, cause);
    this.what = what;
    this.on = on;
    this.next = next;
  }

  public StoreUnavailable(String what, String on, String next) {
    super(on + ": " + what + "; " + next);
    this.what = what;
    this.on = on;
    this.next = next;
  }

  public String what() {
    return what;
  }

  public String on() {
    return on;
  }

  public String next() {
    return next;
  }
}
