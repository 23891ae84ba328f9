package dev.lastgood.provider.kubernetes;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.kubernetes.Templates.Need;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Whether the ConfigMaps and Secrets that a revision names still exist. An undo does not bring
/// them back, and pods without them never start.
final class Needs {
  /// More than any template in its senses names; the rest is not looked for.
  private static final int MOST = 100;

  private final Cluster cluster;
  private final String namespace;

  Needs(Cluster cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /// What has been found out, so that a list of revisions asks once for each name.
  static final class Known {
    private final Map<Need, Optional<Boolean>> all = new TreeMap<>();
  }

  Optional<String> missing(Revision revision) throws PlatformUnreachable {
    return missing(revision, new Known());
  }

  /// "needs ConfigMap shop-v1, which is gone".
  Optional<String> missing(Revision revision, Known known) throws PlatformUnreachable {
    return missing(Templates.needs(revision.template()), known);
  }

  Optional<String> missing(List<Need> needs, Known known) throws PlatformUnreachable {
    List<Need> gone = new ArrayList<>();
    for (Need need : needs) {
      if (!there(need, known).orElse(true)) {
        gone.add(need);
      }
    }
    return gone.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "needs "
                + gone.stream().map(Need::words).collect(Collectors.joining(" and "))
                + ", which "
                + (gone.size() == 1 ? "is" : "are")
                + " gone; bring it back first");
  }

  /// Those that may not be looked at.
  static List<String> unseen(Known known) {
    return known.all.entrySet().stream()
        .filter(e -> e.getValue().isEmpty())
        .map(e -> e.getKey().words())
        .toList();
  }

  private Optional<Boolean> there(Need need, Known known) throws PlatformUnreachable {
    Optional<Boolean> asked = known.all.get(need);
    if (asked == null) {
      asked =
          known.all.size() >= MOST || !Owners.plain(need.name())
              ? Optional.empty()
              : cluster.exists(
                  "/api/v1/namespaces/" + namespace + "/" + need.plural() + "/" + need.name());
      known.all.put(need, asked);
    }
    return asked;
  }
}
