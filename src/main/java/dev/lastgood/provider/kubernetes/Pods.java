package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// The pods of a workload, and what keeps them from serving, in the cluster's own words.
record Pods(WorkloadKind kind, List<JsonNode> all) {
  /// Restarts after which a crash loop is one: the pauses between them have grown to a minute.
  private static final int LOOPING = 3;

  /// Reasons for which a container waits and will not stop waiting by itself.
  private static final Set<String> HOPELESS = Set.of("ImagePullBackOff", "InvalidImageName");

  private static final Set<String> BAD =
      Set.of(
          "CrashLoopBackOff",
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError");

  private static final int SHOWN = 3;

  static Pods of(Cluster cluster, Workload workload) throws PlatformUnreachable {
    return new Pods(
        workload.named().kind(),
        cluster.list(
            "/api/v1/namespaces/" + workload.named().namespace() + "/pods", workload.selector()));
  }

  /// Those that run a revision.
  Pods running(Revision revision) {
    String hash = revision.hash(kind);
    return new Pods(kind, all.stream().filter(p -> hash(p).equals(hash)).toList());
  }

  /// Those that run something else.
  Pods besides(Revision revision) {
    String hash = revision.hash(kind);
    return new Pods(kind, all.stream().filter(p -> !hash(p).equals(hash)).toList());
  }

  /// Those that are sick and do not get well by waiting.
  Pods stuck() {
    return new Pods(kind, all.stream().filter(p -> !ready(p) && !troubles(p).isEmpty()).toList());
  }

  private String hash(JsonNode pod) {
    return pod.path("metadata").path("labels").path(kind.label()).asString("");
  }

  static boolean ready(JsonNode pod) {
    for (JsonNode one : pod.path("status").path("conditions")) {
      if (one.path("type").asString("").equals("Ready")) {
        return one.path("status").asString("").equals("True");
      }
    }
    return false;
  }

  static String name(JsonNode pod) {
    return pod.path("metadata").path("name").asString("?");
  }

  /// What is wrong, a few of them quoted; empty when nothing is.
  String complaints() {
    List<String> said = new ArrayList<>();
    all.forEach(p -> said.addAll(troubles(p)));
    List<String> shown = said.stream().distinct().limit(SHOWN).toList();
    return String.join("; ", shown)
        + (said.size() > shown.size() ? "; and " + (said.size() - shown.size()) + " more" : "");
  }

  /// Whether waiting longer is of no use.
  boolean hopeless() {
    return all.stream()
        .flatMap(p -> statuses(p).stream())
        .anyMatch(s -> {
          String reason = s.path("state").path("waiting").path("reason").asString("");
          return HOPELESS.contains(reason)
              || (reason.equals("CrashLoopBackOff") && s.path("restartCount").asInt(0) >= LOOPING);
        });
  }

  static List<JsonNode> statuses(JsonNode pod) {
    List<JsonNode> all = new ArrayList<>();
    pod.path("status").path("initContainerStatuses").forEach(all::add);
    pod.path("status").path("containerStatuses").forEach(all::add);
    return all;
  }

  private static List<String> troubles(JsonNode pod) {
    List<String> said = new ArrayList<>();
    for (JsonNode status : statuses(pod)) {
      JsonNode waiting = status.path("state").path("waiting");
      String reason = waiting.path("reason").asString("");
      if (BAD.contains(reason)) {
        said.add(
            "pod "
                + name(pod)
                + ", container "
                + status.path("name").asString("?")
                + ": "
                + reason
                + quoted(waiting.path("message").asString(""))
                + last(status));
      }
    }
    for (JsonNode one : pod.path("status").path("conditions")) {
      if (one.path("type").asString("").equals("PodScheduled")
          && one.path("status").asString("").equals("False")) {
        said.add(
            "pod "
                + name(pod)
                + ": "
                + one.path("reason").asString("not scheduled")
                + quoted(one.path("message").asString("")));
      }
    }
    return said;
  }

  private static String last(JsonNode status) {
    int restarts = status.path("restartCount").asInt(0);
    JsonNode ended = status.path("lastState").path("terminated");
    return restarts == 0
        ? ""
        : ", "
            + restarts
            + (restarts == 1 ? " restart" : " restarts")
            + (ended.isMissingNode()
                ? ""
                : ", last exit "
                    + ended.path("exitCode").asInt(0)
                    + " "
                    + ended.path("reason").asString(""));
  }

  private static String quoted(String message) {
    return message.isBlank() ? "" : " \"" + Text.clip(Text.plain(message), 160) + "\"";
  }
}
