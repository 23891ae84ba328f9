package dev.lastgood.provider.forge;

/// Whether a branch takes a push.
public sealed interface Protection {
  String says();

  /// Nothing is known that hinders it.
  record Open(String says) implements Protection {}

  /// It takes pull requests only.
  ///
  /// @param says what is asked for, and so who must act
  record Closed(String says) implements Protection {}

  /// It could not be seen; a push will tell.
  record Unseen(String says) implements Protection {}
}
