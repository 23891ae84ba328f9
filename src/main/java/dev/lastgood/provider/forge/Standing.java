package dev.lastgood.provider.forge;

/// Where a branch is on its way to a release, as an adapter sees it.
///
/// @param branch the branch that deploys
/// @param head its commit now
/// @param release what it shall become
/// @param there whether it has that content
/// @param moved whether it is neither there nor where the plan starts from
/// @param ours name of the branch that brings the change
public record Standing(
    String branch, String head, String release, boolean there, boolean moved, String ours) {
  private static final int ABBREVIATED = 12;

  /// A commit as people write it.
  public static String cut(String commit) {
    return commit.length() > ABBREVIATED ? commit.substring(0, ABBREVIATED) : commit;
  }

  /// The name is made from where it starts and where it goes, so it is found again by whoever asks,
  /// and no other plan has it.
  ///
  /// @param to the release, short
  public static String ours(String to, String head) {
    return "lastgood/to-" + to + "-from-" + cut(head);
  }

  String seen() {
    return branch + " is at " + head;
  }

  String movedOn() {
    return branch
        + " was changed after the plan was made to go to "
        + release
        + ": it is at "
        + head;
  }
}
