package dev.lastgood.flow;

import dev.lastgood.evidence.Check;
import dev.lastgood.model.Measurement;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Measures checks, side by side, each within its own time. Throws nothing.
public interface Health {
  /// @param address base URL to ask instead of the one of each check
  /// @param version what checks that read a version must find; empty: any
  /// @return by name of the check
  SortedMap<String, Measurement> measure(
      List<Check> checks, Optional<String> address, Optional<String> version);
}
