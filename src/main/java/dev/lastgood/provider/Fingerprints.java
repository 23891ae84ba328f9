package dev.lastgood.provider;

import dev.lastgood.model.Release;

/// A platform that can tell whether two releases have the same content, so that a copy of a failed
/// release is recognised under another name.
public interface Fingerprints {
  /// A digest of the content (names, modes, bytes); equal content gives equal text on this
  /// component.
  ///
  /// @throws PlatformUnreachable if it cannot be read
  String fingerprint(Release release) throws PlatformUnreachable;
}
