package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One revision of a release, as helm keeps it. A rollback makes a new one with the content of an
/// old one, so the number says nothing about what is in it; the content does.
///
/// @param content chart and digest of all that was sent to the cluster; the same for a revision and
///   for a rollback to it
/// @param chart with its version: `shop-1.2.0`
/// @param version what it calls itself; empty: the chart does not say
/// @param at when helm began it
/// @param description helm's own words: `Rollback to 2`
/// @param hooks that run when it is gone back to: `Job shop-migrate (pre-rollback)`
record HelmRevision(
    int number,
    String status,
    String content,
    String chart,
    Optional<String> version,
    Instant at,
    String description,
    Manifest manifest,
    List<String> hooks) {
  HelmRevision {
    hooks = List.copyOf(hooks);
  }

  /// What names the release: the content, when helm brought it there whole; else this attempt,
  /// which is nothing to go back to.
  String id() {
    return unfit().isEmpty() ? content : content + "-r" + number;
  }

  boolean deployed() {
    return status.equals("deployed") && unfit().isEmpty();
  }

  /// Whether a helm is at it, or was when it was killed.
  boolean pending() {
    return status.startsWith("pending-");
  }

  boolean failed() {
    return !pending() && unfit().isPresent();
  }

  /// Whether helm was told to take it away.
  boolean removed() {
    return status.startsWith("uninstall");
  }

  /// Why it is never a target. A rollback that fails makes what was there before `superseded`, even
  /// if that had failed itself (helm, `pkg/action/rollback.go`); its description tells.
  Optional<String> unfit() {
    boolean whole = status.equals("deployed") || status.equals("superseded");
    return whole && !description.contains("\" failed: ") ? Optional.empty() : Optional.of(words());
  }

  /// "revision 3 (shop-1.2.0) is failed since 2026-11-03T08:00:00Z: Upgrade "shop" failed: …".
  String words() {
    return "revision "
        + number
        + " ("
        + chart
        + ") is "
        + status
        + " since "
        + at
        + (description.isBlank() ? "" : ": " + Text.clip(Text.plain(description), 200));
  }
}
