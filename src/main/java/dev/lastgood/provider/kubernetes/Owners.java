package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.kubernetes.Owner.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Finds who owns a workload, by what each tool writes on it.
///
/// @param argocd namespace of Argo CD's applications
record Owners(Cluster cluster, String argocd) {
  private static final String TRACKING = "argocd.argoproj.io/tracking-id";

  sealed interface Holder {
    /// Nobody writes it out of git, as far as it shows.
    ///
    /// @param note what could not be found out; empty: nothing
    record Nobody(String note) implements Holder {}

    record Somebody(Owner owner, JsonNode json) implements Holder {
      boolean automatic() {
        return owner.automatic(json);
      }
    }

    /// Somebody does, and cannot be kept from it.
    record Unstoppable(String why) implements Holder {}

    /// What a person should know of it; empty: nothing.
    default List<String> notes() {
      return switch (this) {
        case Nobody(String note) -> note.isEmpty() ? List.of() : List.of(note);
        case Unstoppable(String why) -> List.of(why);
        case Somebody somebody ->
            List.of(
                "the "
                    + somebody.owner().words()
                    + " writes it, and "
                    + (somebody.automatic()
                        ? "syncs by itself; a rollback suspends it"
                        : Owner.ours(somebody.json())
                            ? "is suspended by Lastgood until the rollback is taken back"
                            : "does not sync by itself"));
      };
    }

    /// Who would put the newer state back; empty: nobody.
    default Optional<String> fights() {
      return switch (this) {
        case Nobody _ -> Optional.empty();
        case Unstoppable(String why) -> Optional.of(why);
        case Somebody somebody ->
            somebody.automatic()
                ? Optional.of(
                    "the "
                        + somebody.owner().words()
                        + " syncs by itself and would put the newer revision back; suspend it"
                        + " first")
                : Optional.empty();
      };
    }

    /// The moves of a way, with what keeps the owner from fighting them around them: suspended
    /// before going back, released after coming forward, if Lastgood took it.
    default List<Leg> around(List<Leg> moves, Holding holding, String to, boolean forward) {
      List<Leg> legs = new ArrayList<>();
      if (this instanceof Somebody somebody && !forward && somebody.automatic()) {
        legs.add(holding.act(somebody.owner(), to, false));
      }
      legs.addAll(moves);
      if (this instanceof Somebody somebody
          && forward
          && (somebody.automatic() || Owner.ours(somebody.json()))) {
        // Last: what it syncs is what is there then.
        legs.add(holding.act(somebody.owner(), to, true));
      }
      return legs;
    }

    /// What is left to people after going back; empty: nothing.
    default List<String> costs() {
      return this instanceof Somebody somebody
          ? List.of(
              "git still has the newer state: revert it there before the "
                  + somebody.owner().words()
                  + " syncs again")
          : List.of();
    }
  }

  Holder of(Workload workload) throws PlatformUnreachable {
    String tracking = workload.annotation(TRACKING);
    if (!tracking.isEmpty()) {
      return argo(tracked(tracking, argocd), workload, true);
    }
    for (Tool tool : new Tool[] {Tool.HELM_RELEASE, Tool.KUSTOMIZATION}) {
      String prefix = tool == Tool.HELM_RELEASE ? "helm" : "kustomize";
      String name = workload.label(prefix + ".toolkit.fluxcd.io/name");
      String namespace = workload.label(prefix + ".toolkit.fluxcd.io/namespace");
      if (!name.isEmpty()) {
        return certain(
            new Owner(tool, namespace.isEmpty() ? workload.named().namespace() : namespace, name));
      }
    }
    // Argo CD 2 marks by a label that Helm charts set, too: only a trace.
    String instance = workload.label("app.kubernetes.io/instance");
    return instance.isEmpty()
        ? new Holder.Nobody("")
        : argo(new Owner(Tool.ARGO_CD, argocd, instance), workload, false);
  }

  /// `app:group/kind:namespace/name`, and `namespace_app` where applications may live elsewhere.
  private static Owner tracked(String tracking, String argocd) {
    String app = tracking.replaceFirst(":.*", "");
    int cut = app.indexOf('_');
    return cut < 0
        ? new Owner(Tool.ARGO_CD, argocd, app)
        : new Owner(Tool.ARGO_CD, app.substring(0, cut), app.substring(cut + 1));
  }

  private Holder argo(Owner owner, Workload workload, boolean sure) throws PlatformUnreachable {
    if (sure) {
      Holder found = certain(owner);
      return found instanceof Holder.Somebody somebody ? topmost(somebody) : found;
    }
    Optional<JsonNode> json;
    try {
      json = named(owner) ? cluster.find(owner.path()) : Optional.empty();
    } catch (PlatformUnreachable e) {
      return new Holder.Nobody(
          "whether the "
              + owner.words()
              + " writes this workload cannot be seen: "
              + e.getMessage());
    }
    return json.filter(j -> lists(j, workload)).isPresent()
        ? topmost(new Holder.Somebody(owner, json.get()))
        : new Holder.Nobody("");
  }

  private Holder certain(Owner owner) {
    Optional<JsonNode> json;
    try {
      json = named(owner) ? cluster.find(owner.path()) : Optional.empty();
    } catch (PlatformUnreachable e) {
      return new Holder.Unstoppable(
          "the "
              + owner.words()
              + " writes this workload, and cannot be suspended: "
              + e.getMessage());
    }
    return json.<Holder>map(j -> new Holder.Somebody(owner, j))
        .orElseGet(() ->
            new Holder.Unstoppable(
                "it is marked as written by the "
                    + owner.words()
                    + ", and there is none that could be suspended (or it is of another version"
                    + " than "
                    + owner.path().replaceFirst("/namespaces/.*", "").replaceFirst("/apis/", "")
                    + "); suspend what writes it, or take the mark away"));
  }

  /// Names from marks are part of an address: only what can be a name.
  private static boolean named(Owner owner) {
    return plain(owner.name()) && plain(owner.namespace());
  }

  static boolean plain(String name) {
    return !name.isEmpty()
        && name.length() <= 253
        && name.chars()
            .allMatch(
                c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.');
  }

  private static boolean lists(JsonNode application, Workload workload) {
    for (JsonNode one : application.path("status").path("resources")) {
      if (one.path("kind").asString("").equals(workload.named().kind().kind())
          && one.path("name").asString("").equals(workload.named().name())
          && one.path("namespace").asString("").equals(workload.named().namespace())) {
        return true;
      }
    }
    return false;
  }

  /// An application that is made by something else gets its policy back from that (argo-cd#5351).
  private Holder topmost(Holder.Somebody found) throws PlatformUnreachable {
    if (!found.automatic()) {
      return found;
    }
    JsonNode meta = found.json().path("metadata");
    for (JsonNode parent : meta.path("ownerReferences")) {
      if (parent.path("kind").asString("").equals("ApplicationSet")) {
        return new Holder.Unstoppable(
            "the "
                + found.owner().words()
                + " is generated by the ApplicationSet "
                + Text.plain(parent.path("name").asString("?"))
                + ", which gives its sync policy back; take automatic sync out of that");
      }
    }
    String tracking = meta.path("annotations").path(TRACKING).asString("");
    if (tracking.isEmpty()) {
      return found;
    }
    Owner parent = tracked(tracking, found.owner().namespace());
    Optional<JsonNode> json = named(parent) ? cluster.find(parent.path()) : Optional.empty();
    return json.filter(j -> !parent.automatic(j)).isPresent()
        ? found
        : new Holder.Unstoppable(
            "the "
                + found.owner().words()
                + " is itself written by the "
                + parent.words()
                + ", which gives its sync policy back; suspend automatic sync of that first");
  }
}
