package dev.lastgood.model;

import java.util.Optional;

/// What a release was made of. Each part is empty when nobody said.
///
/// @param version what the running release calls itself, e.g. `1.4.2`
/// @param commit full commit id
/// @param configHash digest of the configuration it ran with
/// @param schemaRevision newest database migration it was deployed with
public record Origin(
    Optional<String> version,
    Optional<String> commit,
    Optional<String> configHash,
    Optional<String> schemaRevision) {

  public static final Origin UNKNOWN =
      new Origin(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public static Origin ofVersion(String version) {
    return new Origin(Optional.of(version), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// This origin, its gaps filled from the other one.
  public Origin or(Origin other) {
    return new Origin(
        version.or(other::version),
        commit.or(other::commit),
        configHash.or(other::configHash),
        schemaRevision.or(other::schemaRevision));
  }
}
