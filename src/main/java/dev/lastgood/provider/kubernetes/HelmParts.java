package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The workloads of a revision of a chart, as the cluster has them. That helm calls it deployed
/// says nothing of them.
record HelmParts(Cluster cluster, Manifest manifest) {
  /// Those that are there.
  List<Workload> there() throws PlatformUnreachable {
    List<Workload> there = new ArrayList<>();
    for (Manifest.Part part : manifest.workloads()) {
      cluster.find(part.named().path()).ifPresent(j -> there.add(new Workload(part.named(), j)));
    }
    return there;
  }

  /// What somebody changed besides helm, the first of it: "deployment/shop in namespace shop runs
  /// shop:2 where the chart says shop:1". Images and literal variables are compared: what else
  /// differs may be a default.
  Optional<String> differs() throws PlatformUnreachable {
    for (Manifest.Part part : manifest.workloads()) {
      Optional<JsonNode> json = cluster.find(part.named().path());
      if (json.isEmpty()) {
        return Optional.of("there is no " + part.named().words() + ", which the chart has");
      }
      Optional<String> one =
          differs(part.template(), new Workload(part.named(), json.get()).template());
      if (one.isPresent()) {
        return Optional.of(part.named().words() + " " + one.get());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> differs(JsonNode chart, JsonNode live) {
    List<JsonNode> containers = Templates.containers(live);
    for (JsonNode wanted : Templates.containers(chart)) {
      Optional<JsonNode> there = named(containers, wanted);
      if (there.isEmpty()) {
        return Optional.of("has no container " + plain(wanted, "name"));
      }
      if (!plain(there.get(), "image").equals(plain(wanted, "image"))) {
        return Optional.of(
            "runs "
                + plain(there.get(), "image")
                + " where the chart says "
                + plain(wanted, "image"));
      }
      List<JsonNode> env = new ArrayList<>();
      there.get().path("env").forEach(env::add);
      for (JsonNode variable : wanted.path("env")) {
        boolean same =
            named(env, variable)
                .filter(v -> plain(v, "value").equals(plain(variable, "value")))
                .isPresent();
        if (!same) {
          return Optional.of("has another value of " + plain(variable, "name") + " than the chart");
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<JsonNode> named(List<JsonNode> among, JsonNode like) {
    return among.stream().filter(n -> n.path("name").equals(like.path("name"))).findFirst();
  }

  private static String plain(JsonNode node, String part) {
    return Text.plain(node.path(part).asString(""));
  }

  /// How far all of them are; the worst of it decides.
  Sight look() throws PlatformUnreachable {
    Optional<String> other = differs();
    if (other.isPresent()) {
      return new Sight.Failed("it is not as the chart says: " + other.get());
    }
    List<String> seen = new ArrayList<>();
    Optional<Sight> late = Optional.empty();
    for (Manifest.Part part : manifest.workloads()) {
      Sight one = look(part.named());
      String words = part.named().words() + ": " + one.seen();
      switch (one) {
        case Sight.Holds _ -> seen.add(words);
        case Sight.NotYet _ -> late = Optional.of(new Sight.NotYet(words));
        case Sight.UnderWay _, Sight.Unclear _ ->
            late = late.filter(Sight.NotYet.class::isInstance).or(() -> underWay(words));
        case Sight.Failed _ -> {
          return new Sight.Failed(words);
        }
      }
    }
    return late.orElseGet(() ->
        new Sight.Holds(seen.isEmpty() ? "the chart has no workload" : String.join("; ", seen)));
  }

  private static Optional<Sight> underWay(String words) {
    return Optional.of(new Sight.UnderWay(words));
  }

  private Sight look(WorkloadKind.Named named) throws PlatformUnreachable {
    Optional<Revisions> read = Revisions.read(cluster, named);
    Optional<Revision> current = read.flatMap(Revisions::current);
    return current.isEmpty()
        ? new Sight.UnderWay("its controller has not seen the change yet")
        : new Rollout(cluster, read.get().workload(), current.get()).look();
  }

  /// Takes sick pods of other revisions out of the way of StatefulSets.
  Outcome free() throws PlatformUnreachable {
    List<String> done = new ArrayList<>();
    for (Manifest.Part part : manifest.workloads()) {
      Optional<Revisions> read = Revisions.read(cluster, part.named());
      Optional<Revision> current = read.flatMap(Revisions::current);
      if (current.isPresent() && read.get().workload().orderly()) {
        Outcome one = Freeing.free(cluster, read.get().workload(), current.get());
        if (!(one instanceof Outcome.Done(String receipt))) {
          return one;
        }
        done.add(part.named().words() + ": " + receipt);
      }
    }
    return new Outcome.Done(done.isEmpty() ? "nothing is stuck" : String.join("; ", done));
  }
}
