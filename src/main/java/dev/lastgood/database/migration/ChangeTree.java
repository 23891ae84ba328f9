package dev.lastgood.database.migration;

import dev.lastgood.database.migration.Change.Node;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/// A changelog as one tree, whichever way it is written.
final class ChangeTree {
  private ChangeTree() {}

  static Optional<Node> xml(String text) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setExpandEntityReferences(false);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      return Optional.of(
          node(builder.parse(new InputSource(new StringReader(text))).getDocumentElement()));
    } catch (ParserConfigurationException | SAXException | IOException e) {
      return Optional.empty();
    }
  }

  private static Node node(Element element) {
    Map<String, String> words = new LinkedHashMap<>();
    var attributes = element.getAttributes();
    for (int i = 0; i < attributes.getLength(); i++) {
      words.put(attributes.item(i).getNodeName(), attributes.item(i).getNodeValue());
    }
    List<Node> children = new ArrayList<>();
    var text = new StringBuilder();
    var inside = element.getChildNodes();
    for (int i = 0; i < inside.getLength(); i++) {
      if (inside.item(i) instanceof Element child) {
        children.add(node(child));
      } else if (inside.item(i) instanceof org.w3c.dom.Text words2) {
        text.append(words2.getData());
      }
    }
    String name = element.getTagName();
    return new Node(name.substring(name.indexOf(':') + 1), words, children, text.toString());
  }

  static Optional<Node> yaml(String text) {
    try {
      Object loaded =
          new Load(LoadSettings.builder().setMaxAliasesForCollections(50).build())
              .loadFromString(text);
      return loaded instanceof Map<?, ?> map && map.get("databaseChangeLog") instanceof List<?> list
          ? Optional.of(new Node("databaseChangeLog", Map.of(), listed(list), ""))
          : Optional.empty();
    } catch (YamlEngineException e) {
      return Optional.empty();
    }
  }

  /// `- addColumn: { … }`
  private static List<Node> listed(List<?> list) {
    List<Node> nodes = new ArrayList<>();
    for (Object item : list) {
      if (item instanceof Map<?, ?> map) {
        map.forEach((key, value) -> nodes.add(node(String.valueOf(key), value)));
      }
    }
    return nodes;
  }

  private static Node node(String name, @Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return new Node(
          name,
          Map.of(),
          value instanceof List<?> list ? listed(list) : List.of(),
          value instanceof List<?> ? "" : String.valueOf(value));
    }
    Map<String, String> words = new LinkedHashMap<>();
    List<Node> children = new ArrayList<>();
    map.forEach((key, inner) -> {
      String word = String.valueOf(key);
      if (inner instanceof List<?> list && (word.equals("changes") || word.equals("columns"))) {
        children.addAll(listed(list));
      } else if (inner instanceof List<?>
          || inner instanceof Map<?, ?>
          || word.equals("rollback")) {
        children.add(node(word, inner));
      } else {
        words.put(word, String.valueOf(inner));
      }
    });
    return new Node(name, words, children, words.getOrDefault("sql", ""));
  }
}
