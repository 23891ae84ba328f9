package dev.lastgood.provider;

import dev.lastgood.model.Release;
import java.util.List;

/// A platform that can show what a release said and ran with, for the evidence bundle.
public interface Capturable {
  /// Logs and configuration of a release. Secrets are masked by the adapter. Whatever cannot be had
  /// is an exhibit that says so; throws nothing. Each text is bounded by the adapter (newest part
  /// kept).
  List<Exhibit> capture(Release release);

  /// @param name file name within the bundle, e.g. `backend-v2.log`; plain characters only
  /// @param from where it was read, for the reader
  record Exhibit(String name, String from, String text) {}
}
