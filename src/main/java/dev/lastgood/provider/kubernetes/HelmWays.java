package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.kubernetes.Owners.Holder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The way from one content of a release to another.
record HelmWays(
    String component,
    Cluster cluster,
    HelmRelease release,
    Owners owners,
    Needs needs,
    HelmProgram program,
    Holding holding,
    HelmGoing going,
    Duration longest) {
  private static final Duration USUAL = Duration.ofSeconds(40);

  List<Method> between(HelmHistory.Kept kept, Release from, Release to) throws PlatformUnreachable {
    Optional<HelmRevision> target = kept.find(to.id());
    if (target.isEmpty()) {
      if (kept.newest().stream().anyMatch(r -> r.id().equals(to.id()))) {
        // The way back to what helm did not bring there whole: there is none.
        return List.of();
      }
      throw new PlatformUnreachable(component + ": " + HelmPlatform.gone(release, to.id()));
    }
    boolean forward = kept.since(from.id()) < kept.since(to.id());
    List<Workload> there = new HelmParts(cluster, kept.last().manifest()).there();
    Holder holder = there.isEmpty() ? new Holder.Nobody("") : owners.of(there.getFirst());
    Optional<String> missing = needs.missing(target.get().manifest().needs(), new Needs.Known());
    if (missing.isPresent() && kept.last().id().equals(to.id())) {
      return List.of();
    }
    Optional<String> problem =
        missing
            .or(() -> problem(kept.last()))
            .or(() -> obstacle(kept.last().manifest(), target.get().manifest(), there))
            .or(program::unusable)
            .or(() ->
                holder instanceof Holder.Unstoppable(String why) && !forward
                    ? Optional.of(why)
                    : Optional.empty());
    if (problem.isPresent()) {
      throw new PlatformUnreachable(component + ": " + release.words() + ": " + problem.get());
    }
    return List.of(method(kept, from, target.get(), holder, forward));
  }

  private Optional<String> problem(HelmRevision last) {
    if (last.removed()) {
      return Optional.of("it was taken away: " + last.words() + "; install it again");
    }
    return last.pending() && !going.abandoned(last)
        ? Optional.of(going.busy(last))
        : Optional.empty();
  }

  /// Of workloads whose pods must change; the others are left as they are.
  private static Optional<String> obstacle(Manifest now, Manifest to, List<Workload> there) {
    for (Workload one : there) {
      JsonNode before = template(now, one);
      JsonNode after = template(to, one);
      Optional<String> obstacle =
          after.isMissingNode() || before.equals(after) ? Optional.empty() : one.obstacle();
      if (obstacle.isPresent()) {
        return Optional.of(one.named().words() + ": " + obstacle.get());
      }
    }
    return Optional.empty();
  }

  private static JsonNode template(Manifest manifest, Workload workload) {
    return manifest.workloads().stream()
        .filter(p -> p.named().equals(workload.named()))
        .map(Manifest.Part::template)
        .findFirst()
        .orElseGet(() -> workload.json().path("no such part"));
  }

  private Method method(
      HelmHistory.Kept kept, Release from, HelmRevision to, Holder holder, boolean forward)
      throws PlatformUnreachable {
    List<Manifest.Key> gone = kept.last().manifest().beyond(to.manifest());
    List<String> costs = new ArrayList<>();
    if (!gone.isEmpty()) {
      costs.add("helm removes what only the revision before has: " + words(gone));
    }
    if (!to.hooks().isEmpty()) {
      costs.add("hooks of the target run: " + String.join(", ", to.hooks()));
    }
    List<Templates.Need> needed = to.manifest().needs();
    if (!needed.isEmpty()) {
      costs.add(
          "what is in them stays as it is now: "
              + needed.stream().map(Templates.Need::words).collect(Collectors.joining(", ")));
    }
    if (!forward) {
      costs.addAll(holder.costs());
      costs.add("the next helm upgrade brings the newer chart or values back: revert them there");
    }
    List<Manifest.Key> data = gone.stream().filter(Manifest.Key::holdsData).toList();
    return new Method(
        "helm",
        "helm makes revision "
            + to.number()
            + " ("
            + to.chart()
            + to.version().map(v -> ", " + v).orElse("")
            + ") the newest again, with all of its objects",
        holder.around(
            List.of(going.act(from.id(), to, forward), follow(kept, to)),
            holding,
            to.content(),
            forward),
        costs,
        data.isEmpty() ? List.of() : List.of(words(data) + ", with what is in it"));
  }

  private static String words(List<Manifest.Key> keys) {
    return keys.stream().map(Manifest.Key::words).collect(Collectors.joining(", "));
  }

  private Act follow(HelmHistory.Kept kept, HelmRevision to) throws PlatformUnreachable {
    boolean interrupted =
        new HelmParts(cluster, kept.last().manifest())
            .there().stream().anyMatch(Workload::interrupted);
    return new Act(
        component,
        HelmPlatform.FOLLOW,
        new TreeMap<>(Map.of("to", to.content())),
        "roll the workloads of " + release.words() + " out",
        to.manifest().workloads().stream()
            .map(p ->
                "kubectl"
                    + cluster.access().kubectl()
                    + " rollout status "
                    + p.named().kind().word()
                    + "/"
                    + p.named().name()
                    + " -n "
                    + p.named().namespace())
            .collect(
                Collectors.collectingAndThen(
                    Collectors.joining("; "), t -> t.isEmpty() ? "nothing is to be done" : t)),
        USUAL,
        longest,
        interrupted ? USUAL : Duration.ZERO);
  }
}
