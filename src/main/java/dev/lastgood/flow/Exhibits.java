package dev.lastgood.flow;

import dev.lastgood.provider.Capturable;
import dev.lastgood.run.RunId;
import java.util.List;

/// Keeps what was captured, a folder for each run.
public interface Exhibits {
  /// @return the names under which they are kept, or what could not be kept, for people
  List<String> keep(RunId run, List<Capturable.Exhibit> exhibits);

  /// Names of what is kept; empty when nothing is.
  List<String> kept(RunId run);
}
