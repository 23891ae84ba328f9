package dev.lastgood.provider;

/// Settings that cannot work together; the reader of the YAML must act.
public final class BadSettings extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String key;

  /// @param key the kebab-case key to point at, dotted for nested ones
  public BadSettings(String key, String message) {
    super(message);
    this.key = key;
  }

  public String key() {
    return key;
  }
}
