package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Who writes a workload out of git, again and again. An undo that it does not know of is put back
/// within seconds or minutes; so it is suspended, never fought.
///
/// @param namespace where the object of the tool itself is
record Owner(Tool tool, String namespace, String name) {
  /// Kept on the owner, so that whoever releases it, from whatever machine, knows what was there.
  static final String NOTE = "lastgood.dev/suspended";

  enum Tool {
    ARGO_CD("Argo CD application", "argoproj.io/v1alpha1", "applications"),
    KUSTOMIZATION("Flux Kustomization", "kustomize.toolkit.fluxcd.io/v1", "kustomizations"),
    HELM_RELEASE("Flux HelmRelease", "helm.toolkit.fluxcd.io/v2", "helmreleases");

    private final String words;
    private final String api;
    private final String plural;

    Tool(String words, String api, String plural) {
      this.words = words;
      this.api = api;
      this.plural = plural;
    }
  }

  String words() {
    return tool.words + " " + Text.plain(name) + " in namespace " + Text.plain(namespace);
  }

  String path() {
    return "/apis/" + tool.api + "/namespaces/" + namespace + "/" + tool.plural + "/" + name;
  }

  /// Whether it would put its own state back by itself.
  boolean automatic(JsonNode json) {
    JsonNode spec = json.path("spec");
    return switch (tool) {
      case ARGO_CD -> {
        JsonNode automated = spec.path("syncPolicy").path("automated");
        yield automated.isObject() && automated.path("enabled").asBoolean(true);
      }
      case KUSTOMIZATION, HELM_RELEASE -> !spec.path("suspend").asBoolean(false);
    };
  }

  /// Whether it is writing right now, although it may have been suspended meanwhile.
  boolean busy(JsonNode json) {
    return switch (tool) {
      case ARGO_CD ->
          json.path("operation").isObject()
              || json.path("status")
                  .path("operationState")
                  .path("phase")
                  .asString("")
                  .equals("Running");
      case KUSTOMIZATION, HELM_RELEASE -> reconciling(json);
    };
  }

  /// Flux goes on with what it began before it was suspended. When that failed it says
  /// `ProgressingWithRetry` instead, and the suspension keeps it from the retry.
  private static boolean reconciling(JsonNode json) {
    for (JsonNode one : json.path("status").path("conditions")) {
      if (one.path("type").asString("").equals("Reconciling")) {
        return one.path("status").asString("").equals("True")
            && one.path("reason").asString("").equals("Progressing");
      }
    }
    return false;
  }

  /// Whether Lastgood suspended it.
  static boolean ours(JsonNode json) {
    return !note(json).isEmpty();
  }

  private static String note(JsonNode json) {
    return json.path("metadata").path("annotations").path(NOTE).asString("");
  }

  /// What suspends it. In Argo CD the policy is taken out and kept in the note: the newer switch
  /// `enabled: false` is dropped without a word by installations that do not know it.
  ObjectNode suspend(JsonNode json) {
    return switch (tool) {
      case ARGO_CD -> {
        ObjectNode spec = object();
        spec.putObject("syncPolicy").putNull("automated");
        yield change(json, json.path("spec").path("syncPolicy").path("automated").toString(), spec);
      }
      case KUSTOMIZATION, HELM_RELEASE -> change(json, "true", object().put("suspend", true));
    };
  }

  /// What gives it back as it was.
  ///
  /// @throws tools.jackson.core.JacksonException if somebody spoilt the note
  ObjectNode release(JsonNode json) {
    return switch (tool) {
      case ARGO_CD -> {
        ObjectNode spec = object();
        spec.putObject("syncPolicy")
            .set("automated", tools.jackson.databind.json.JsonMapper.shared().readTree(note(json)));
        yield change(json, null, spec);
      }
      case KUSTOMIZATION, HELM_RELEASE -> change(json, null, object().put("suspend", false));
    };
  }

  private static ObjectNode change(
      JsonNode json, @org.jspecify.annotations.Nullable String note, ObjectNode spec) {
    ObjectNode whole = object();
    ObjectNode meta = whole.putObject("metadata");
    // Refused when somebody changed it in between.
    meta.put("resourceVersion", json.path("metadata").path("resourceVersion").asString(""));
    meta.putObject("annotations").put(NOTE, note);
    whole.set("spec", spec);
    return whole;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /// What a person would type.
  String byHand(boolean on, String kubectl) {
    String named = Text.shellWord(name);
    return switch (tool) {
      case ARGO_CD ->
          "argocd app set " + named + (on ? " --sync-policy automated" : " --sync-policy none");
      case KUSTOMIZATION, HELM_RELEASE ->
          "kubectl"
              + kubectl
              + " patch "
              + tool.plural
              + " "
              + named
              + " -n "
              + Text.shellWord(namespace)
              + " --type merge -p '{\"spec\":{\"suspend\":"
              + !on
              + "}}'";
    };
  }
}
