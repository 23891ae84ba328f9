package dev.lastgood.provider.forge;

/// A pull request as its host shows it.
///
/// @param head the commit it brings
/// @param body what was written into it
public record PullRequest(
    long number, State state, String head, String address, String title, String body) {
  public enum State {
    OPEN,
    MERGED,
    /// And not merged.
    CLOSED
  }

  boolean is(State wanted) {
    return state == wanted;
  }

  /// "pull request 7 (https://…/pull/7)".
  String words() {
    return "pull request " + number + (address.isEmpty() ? "" : " (" + address + ")");
  }
}
