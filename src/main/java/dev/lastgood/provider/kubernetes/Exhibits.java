package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Capturable.Exhibit;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.kubernetes.WorkloadKind.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a revision said and ran with: its pods, their events, their logs, also of containers that
/// died.
record Exhibits(String component, Cluster cluster, Named named) {
  private static final int PODS = 4;
  private static final int EVENTS = 40;
  private static final String TAIL = "tailLines=1000&limitBytes=131072";

  /// Shorter ones are words like `true`, and would be found everywhere.
  private static final int SHORTEST_MASKED = 6;

  List<Exhibit> of(Release release) {
    List<Exhibit> all = new ArrayList<>();
    var text = new StringBuilder();
    try {
      Optional<Revisions> revisions = Revisions.read(cluster, named);
      Optional<Revision> revision = revisions.flatMap(r -> r.find(release.id()));
      if (revision.isEmpty()) {
        text.append(KubernetesPlatform.gone(component, named, release.id())).append('\n');
      } else {
        describe(revisions.get(), revision.get(), text);
        List<JsonNode> pods =
            Pods.of(cluster, revisions.get().workload()).running(revision.get()).all();
        text.append("\npods: ").append(pods.size()).append('\n');
        for (JsonNode pod : pods) {
          line(pod, text);
        }
        events(pods, text);
        List<String> masked = masked(revision.get());
        // The sick ones first: they say why.
        pods.stream()
            .sorted((a, b) -> Boolean.compare(Pods.ready(a), Pods.ready(b)))
            .limit(PODS)
            .forEach(p -> logs(p, release, masked, all));
      }
    } catch (PlatformUnreachable e) {
      text.append(e.getMessage()).append('\n');
    }
    all.addFirst(
        new Exhibit(component + "-" + release.id() + ".txt", named.words(), text.toString()));
    return all;
  }

  private void describe(Revisions revisions, Revision revision, StringBuilder text) {
    text.append(named.words())
        .append(", revision ")
        .append(revision.number())
        .append(", ")
        .append(revision.name())
        .append("\ncreated ")
        .append(revision.created())
        .append('\n')
        .append(new Rollout(cluster, revisions.workload(), revision).seen())
        .append('\n');
    for (JsonNode one : revisions.workload().status().path("conditions")) {
      text.append("condition ")
          .append(plain(one, "type"))
          .append('=')
          .append(plain(one, "status"))
          .append(' ')
          .append(plain(one, "reason"))
          .append(": ")
          .append(plain(one, "message"))
          .append('\n');
    }
    for (JsonNode container : Templates.containers(revision.template())) {
      text.append("container ")
          .append(plain(container, "name"))
          .append(": ")
          .append(plain(container, "image"))
          .append('\n');
      for (JsonNode env : container.path("env")) {
        text.append("  ").append(plain(env, "name")).append("=•••\n");
      }
    }
    Templates.needs(revision.template())
        .forEach(n -> text.append("needs ").append(n.words()).append('\n'));
  }

  private static void line(JsonNode pod, StringBuilder text) {
    text.append("pod ")
        .append(Pods.name(pod))
        .append(": ")
        .append(plain(pod.path("status"), "phase"))
        .append(Pods.ready(pod) ? ", ready" : ", not ready")
        .append('\n');
    for (JsonNode status : Pods.statuses(pod)) {
      text.append("  ")
          .append(plain(status, "name"))
          .append(": ")
          .append(status.path("restartCount").asInt(0))
          .append(" restarts, ")
          .append(plain(status, "imageID"))
          .append('\n');
    }
    String complaints = new Pods(WorkloadKind.DEPLOYMENT, List.of(pod)).complaints();
    if (!complaints.isEmpty()) {
      text.append("  ").append(complaints).append('\n');
    }
  }

  private void events(List<JsonNode> pods, StringBuilder text) {
    List<String> names = pods.stream().map(Pods::name).toList();
    try {
      List<JsonNode> events =
          cluster.list("/api/v1/namespaces/" + named.namespace() + "/events", "").stream()
              .filter(e -> names.contains(e.path("involvedObject").path("name").asString("")))
              .toList();
      text.append("\nevents: ").append(events.size()).append('\n');
      events.stream()
          .skip(Math.max(0, events.size() - EVENTS))
          .forEach(e ->
              text.append(plain(e, "lastTimestamp"))
                  .append(' ')
                  .append(plain(e.path("involvedObject"), "name"))
                  .append(' ')
                  .append(plain(e, "reason"))
                  .append(": ")
                  .append(plain(e, "message"))
                  .append('\n'));
    } catch (PlatformUnreachable e) {
      text.append("\nevents: ").append(e.getMessage()).append('\n');
    }
  }

  private void logs(JsonNode pod, Release release, List<String> masked, List<Exhibit> all) {
    for (JsonNode status : Pods.statuses(pod)) {
      String container = status.path("name").asString("");
      log(pod, container, release, masked, false, all);
      if (status.path("restartCount").asInt(0) > 0) {
        log(pod, container, release, masked, true, all);
      }
    }
  }

  private void log(
      JsonNode pod,
      String container,
      Release release,
      List<String> masked,
      boolean previous,
      List<Exhibit> all) {
    if (!Owners.plain(container)) {
      return;
    }
    String path = "/api/v1/namespaces/" + named.namespace() + "/pods/" + Pods.name(pod) + "/log";
    String text;
    try {
      text =
          cluster.log(
              path, "container=" + container + "&" + TAIL + (previous ? "&previous=true" : ""));
    } catch (PlatformUnreachable e) {
      text = e.getMessage() + "\n";
    }
    for (String value : masked) {
      text = text.replace(value, "•••");
    }
    all.add(
        new Exhibit(
            component
                + "-"
                + release.id()
                + "-"
                + Pods.name(pod)
                + "-"
                + container
                + (previous ? "-died" : "")
                + ".log",
            "pod " + Pods.name(pod) + (previous ? ", the container that died" : ""),
            text));
  }

  private static List<String> masked(Revision revision) {
    return Templates.literals(revision.template()).stream()
        .filter(v -> v.length() >= SHORTEST_MASKED)
        .toList();
  }

  private static String plain(JsonNode node, String part) {
    return Text.clip(Text.plain(node.path(part).asString("")), 300);
  }
}
