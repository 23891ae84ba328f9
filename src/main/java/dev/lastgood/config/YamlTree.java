package dev.lastgood.config;

import dev.lastgood.config.Yaml.Items;
import dev.lastgood.config.Yaml.Keys;
import dev.lastgood.config.Yaml.Nothing;
import dev.lastgood.config.Yaml.Pair;
import dev.lastgood.config.Yaml.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// Turns the nodes of the YAML library into our tree: keys are words and come once, aliases are
/// written out, tags are refused.
final class YamlTree {
  /// Counted after aliases are written out, so that a few lines cannot become millions.
  private static final int MAX_PARTS = 20_000;

  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<Tag> KNOWN_TAGS =
      Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.MAP, Tag.SEQ);

  private final String file;
  private final List<String> lines;
  private final Mistakes mistakes;
  private int parts;
  private int depth;

  YamlTree(String file, List<String> lines, Mistakes mistakes) {
    this.file = file;
    this.lines = lines;
    this.mistakes = mistakes;
  }

  /// Empty when it is too large; smaller mistakes are told and left out.
  Optional<Yaml> convert(Node root) {
    Yaml tree = part(root);
    if (parts > MAX_PARTS || depth > MAX_PARTS) {
      mistakes.add(
          place(root), "more than " + MAX_PARTS + " parts once its aliases are written out");
      return Optional.empty();
    }
    return Optional.of(tree);
  }

  private Yaml part(Node node) {
    Place place = place(node);
    // a node may contain itself through an alias: count, and stop at the limit
    if (++parts > MAX_PARTS || node.isRecursive() || depth > 100) {
      parts = MAX_PARTS + 1;
      return new Nothing(place);
    }
    if (!KNOWN_TAGS.contains(node.getTag())) {
      mistakes.add(place, "tags such as `" + node.getTag().getValue() + "` mean nothing here");
      return new Nothing(place);
    }
    depth++;
    Yaml part =
        switch (node) {
          case MappingNode mapping -> keys(place, mapping);
          case SequenceNode list ->
              new Items(place, list.getValue().stream().map(this::part).toList());
          case ScalarNode scalar -> scalar(place, scalar);
          default -> throw new IllegalStateException("unknown node " + node.getNodeType());
        };
    depth--;
    return part;
  }

  private Yaml scalar(Place place, ScalarNode node) {
    if (node.isPlain() && NULLS.contains(node.getValue())) {
      return new Nothing(place);
    }
    return new Scalar(place, node.getValue(), node.isPlain(), verbatim(place, node));
  }

  private Optional<Place> verbatim(Place place, ScalarNode node) {
    if (place.line() > lines.size()) {
      return Optional.empty();
    }
    String line = lines.get(place.line() - 1);
    int column = place.column() + (node.isPlain() ? 0 : 1);
    if (column - 1 > line.codePointCount(0, line.length())) {
      return Optional.empty();
    }
    return line.startsWith(node.getValue(), line.offsetByCodePoints(0, column - 1))
        ? Optional.of(new Place(file, place.line(), column))
        : Optional.empty();
  }

  private Keys keys(Place place, MappingNode mapping) {
    var entries = new ArrayList<Pair>();
    Map<String, Integer> lineOf = new HashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Place at = place(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
        mistakes.add(at, "a key must be a word");
        continue;
      }
      Integer before = lineOf.putIfAbsent(name.getValue(), at.line());
      if (before != null) {
        mistakes.add(
            at, "`" + name.getValue() + "` is there twice; the first is in line " + before);
        continue;
      }
      var key = new Scalar(at, name.getValue(), name.isPlain(), Optional.of(at));
      entries.add(new Pair(key, part(tuple.getValueNode())));
    }
    return new Keys(place, entries);
  }

  private Place place(Node node) {
    return node.getStartMark()
        .map(mark -> new Place(file, mark.getLine() + 1, mark.getColumn() + 1))
        .orElse(new Place(file, 0, 0));
  }
}
