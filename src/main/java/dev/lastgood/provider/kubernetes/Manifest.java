package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Text;
import dev.lastgood.provider.kubernetes.WorkloadKind.Named;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The objects that a revision of a chart consists of.
///
/// @param namespace of objects that name none
record Manifest(String namespace, List<JsonNode> objects) {
  private static final int LONGEST = 64 << 20;

  Manifest {
    objects = List.copyOf(objects);
  }

  /// @return empty when it cannot be read
  static Optional<Manifest> of(String namespace, String yaml) {
    var settings =
        LoadSettings.builder().setAllowDuplicateKeys(true).setCodePointLimit(LONGEST).build();
    List<JsonNode> objects = new ArrayList<>();
    try {
      for (Object document : new Load(settings).loadAllFromString(yaml)) {
        JsonNode node = JsonMapper.shared().valueToTree(document);
        if (node.path("kind").asString("").equals("List")) {
          node.path("items").forEach(objects::add);
        } else if (node.isObject()) {
          objects.add(node);
        }
      }
    } catch (YamlEngineException | JacksonException e) {
      return Optional.empty();
    }
    return Optional.of(new Manifest(namespace, objects));
  }

  /// One object by what helm tells it from others.
  ///
  /// @param group of its API; empty: the core
  record Key(String group, String kind, String namespace, String name) implements Comparable<Key> {
    String words() {
      return Text.clip(Text.plain(kind + " " + name), 120);
    }

    /// Whether others' data goes with it when it is removed.
    boolean holdsData() {
      return Set.of(
              "PersistentVolumeClaim", "PersistentVolume", "Namespace", "CustomResourceDefinition")
          .contains(kind);
    }

    @Override
    public int compareTo(Key other) {
      return text().compareTo(other.text());
    }

    private String text() {
      return kind + "\n" + name + "\n" + namespace + "\n" + group;
    }
  }

  private Key key(JsonNode object) {
    String api = object.path("apiVersion").asString("");
    JsonNode meta = object.path("metadata");
    return new Key(
        api.contains("/") ? api.substring(0, api.indexOf('/')) : "",
        object.path("kind").asString(""),
        meta.path("namespace").asString(namespace),
        meta.path("name").asString(""));
  }

  private Set<Key> keys() {
    var keys = new TreeSet<Key>();
    objects.forEach(o -> keys.add(key(o)));
    return keys;
  }

  /// What only this one has, and helm removes on the way to the other one.
  List<Key> beyond(Manifest other) {
    Set<Key> there = other.keys();
    return objects.stream()
        .filter(o ->
            !o.path("metadata")
                .path("annotations")
                .path("helm.sh/resource-policy")
                .asString("")
                .equals("keep"))
        .map(this::key)
        .filter(k -> !there.contains(k))
        .sorted()
        .toList();
  }

  /// A workload and its template as the chart wrote it.
  record Part(Named named, JsonNode template) {}

  List<Part> workloads() {
    List<Part> parts = new ArrayList<>();
    for (JsonNode object : objects) {
      Key key = key(object);
      WorkloadKind.written(object.path("apiVersion").asString(""), key.kind())
          .filter(_ -> Owners.plain(key.name()) && Owners.plain(key.namespace()))
          .ifPresent(kind ->
              parts.add(
                  new Part(
                      new Named(kind, key.namespace(), key.name()),
                      object.path("spec").path("template"))));
    }
    return parts;
  }

  /// What pods of its workloads in the release's namespace need and it does not bring itself.
  List<Templates.Need> needs() {
    var needs = new TreeSet<Templates.Need>();
    workloads().stream()
        .filter(p -> p.named().namespace().equals(namespace))
        .forEach(p -> needs.addAll(Templates.needs(p.template())));
    Set<Key> brought = keys();
    return needs.stream()
        .filter(n -> !brought.contains(new Key("", n.kind(), namespace, n.name())))
        .toList();
  }
}
