package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Templates of pods: compared, and asked what they need.
final class Templates {
  private static final List<String> HASHES =
      List.of(WorkloadKind.DEPLOYMENT.label(), WorkloadKind.ROLLOUT.label());

  private Templates() {}

  /// The template as it is written back: without what a controller added to it.
  static ObjectNode plain(JsonNode template) {
    ObjectNode copy = (ObjectNode) template.deepCopy();
    copy.remove("$patch");
    if (copy.path("metadata").path("labels") instanceof ObjectNode labels) {
      labels.remove(HASHES);
    }
    return copy;
  }

  /// Whether two templates mean the same; an empty part and none are the same, as in Kubernetes'
  /// own comparison.
  static boolean same(JsonNode one, JsonNode other) {
    return one.isObject() && other.isObject() && bare(plain(one)).equals(bare(plain(other)));
  }

  private static JsonNode bare(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode kept = JsonNodeFactory.instance.objectNode();
      object
          .properties()
          .forEach(e -> {
            JsonNode value = bare(e.getValue());
            if (!value.isNull() && !(value.isContainer() && value.isEmpty())) {
              kept.set(e.getKey(), value);
            }
          });
      return kept;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode kept = JsonNodeFactory.instance.arrayNode();
      array.forEach(v -> kept.add(bare(v)));
      return kept;
    }
    return node;
  }

  /// What a pod needs to start besides its image.
  ///
  /// @param plural `configmaps` or `secrets`
  record Need(String plural, String name) implements Comparable<Need> {
    String kind() {
      return plural.equals("secrets") ? "Secret" : "ConfigMap";
    }

    String words() {
      return kind() + " " + Text.plain(name);
    }

    @Override
    public int compareTo(Need other) {
      int byKind = plural.compareTo(other.plural);
      return byKind != 0 ? byKind : name.compareTo(other.name);
    }
  }

  /// The ConfigMaps and Secrets that a pod cannot start without, sorted.
  static List<Need> needs(JsonNode template) {
    var needs = new TreeSet<Need>();
    JsonNode spec = template.path("spec");
    for (JsonNode volume : spec.path("volumes")) {
      need(needs, "configmaps", volume.path("configMap"), "name");
      need(needs, "secrets", volume.path("secret"), "secretName");
      for (JsonNode source : volume.path("projected").path("sources")) {
        need(needs, "configmaps", source.path("configMap"), "name");
        need(needs, "secrets", source.path("secret"), "name");
      }
    }
    for (JsonNode container : containers(template)) {
      for (JsonNode env : container.path("env")) {
        need(needs, "configmaps", env.path("valueFrom").path("configMapKeyRef"), "name");
        need(needs, "secrets", env.path("valueFrom").path("secretKeyRef"), "name");
      }
      for (JsonNode from : container.path("envFrom")) {
        need(needs, "configmaps", from.path("configMapRef"), "name");
        need(needs, "secrets", from.path("secretRef"), "name");
      }
    }
    return List.copyOf(needs);
  }

  private static void need(Set<Need> needs, String plural, JsonNode reference, String key) {
    String name = reference.path(key).asString("");
    if (!name.isEmpty() && !reference.path("optional").asBoolean(false)) {
      needs.add(new Need(plural, name));
    }
  }

  /// Those that start first included.
  static List<JsonNode> containers(JsonNode template) {
    List<JsonNode> all = new ArrayList<>();
    template.path("spec").path("initContainers").forEach(all::add);
    template.path("spec").path("containers").forEach(all::add);
    return all;
  }

  /// What the template says that it is: the usual label, else the tag of its first image.
  static Optional<String> version(JsonNode template) {
    String label =
        template.path("metadata").path("labels").path("app.kubernetes.io/version").asString("");
    if (!label.isEmpty()) {
      return Optional.of(label);
    }
    String image = template.path("spec").path("containers").path(0).path("image").asString("");
    String bare = image.replaceFirst("@.*", "");
    int colon = bare.lastIndexOf(':');
    // A colon before a slash is a registry's port; `latest` says nothing.
    return colon < 0 || bare.indexOf('/', colon) >= 0 || bare.endsWith(":latest")
        ? Optional.empty()
        : Optional.of(bare.substring(colon + 1));
  }

  /// The images, as people would compare them.
  static String images(JsonNode template) {
    List<String> images = new ArrayList<>();
    template
        .path("spec")
        .path("containers")
        .forEach(c -> images.add(Text.clip(Text.plain(c.path("image").asString("?")), 120)));
    return String.join(", ", images);
  }

  /// Values that stand in the template itself; some of them should be in a Secret.
  static List<String> literals(JsonNode template) {
    List<String> values = new ArrayList<>();
    for (JsonNode container : containers(template)) {
      for (JsonNode env : container.path("env")) {
        values.add(env.path("value").asString(""));
      }
    }
    return values;
  }
}
