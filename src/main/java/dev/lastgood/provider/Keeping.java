package dev.lastgood.provider;

import java.util.List;

/// A platform whose live release is gone when the next deploy writes over it, unless it was kept: a
/// configuration file. Kept when people or deploy scripts say what is live.
public interface Keeping {
  /// Keeps what is live, so that one can come back to it. Changes nothing of it; safe to repeat.
  ///
  /// @throws PlatformUnreachable if none of it can be read or kept
  Kept keep() throws PlatformUnreachable;

  /// @param ids of what was not kept before; empty when all of it was, or nothing is live
  /// @param lost where it could not be kept, and why: `web-2: cannot be reached`
  record Kept(List<String> ids, List<String> lost) {
    public Kept {
      ids = List.copyOf(ids);
      lost = List.copyOf(lost);
    }

    public static Kept all(List<String> ids) {
      return new Kept(ids, List.of());
    }
  }
}
