package dev.lastgood.database.migration;

import dev.lastgood.database.migration.Change.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// Change sets of Liquibase: formatted SQL, XML and YAML. Their order is that of the files; which
/// of them are applied and when is in the state table. One is known by its author, its id and its
/// file, of which the name alone is compared, since the folder differs with where Liquibase is
/// started. Checksums are Liquibase's own and not compared.
final class Changelogs {
  private Changelogs() {}

  static List<Migration> read(SortedMap<String, String> files) {
    List<Migration> all = new ArrayList<>();
    files.forEach((path, text) -> {
      if (path.endsWith(".sql")) {
        all.addAll(FormattedSql.read(path, text));
      } else if (path.endsWith(".xml")) {
        all.addAll(sets(path, ChangeTree.xml(text)));
      } else if (path.endsWith(".yaml") || path.endsWith(".yml")) {
        all.addAll(sets(path, ChangeTree.yaml(text)));
      }
    });
    return once(all);
  }

  static String id(String author, String id, String path) {
    return author + ":" + id + "@" + SqlFolders.name(path);
  }

  private static List<Migration> once(List<Migration> all) {
    Map<String, Migration> byId = new LinkedHashMap<>();
    for (Migration one : all) {
      byId.merge(
          one.id(),
          one,
          (a, _) -> Migration.silent(a.id(), "files of one name have change sets of one name"));
    }
    return List.copyOf(byId.values());
  }

  private static List<Migration> sets(String path, Optional<Node> tree) {
    if (tree.isEmpty()) {
      return List.of(Migration.silent(path, "the changelog cannot be read"));
    }
    String file = logical(tree.get(), path);
    return tree.get().children("changeSet").stream().map(s -> set(s, logical(s, file))).toList();
  }

  private static String logical(Node node, String path) {
    String own = node.get("logicalFilePath");
    return own.isEmpty() ? path : own;
  }

  private static Migration set(Node set, String file) {
    String id = id(set.get("author"), set.get("id"), file);
    List<String> up = new ArrayList<>();
    List<String> down = new ArrayList<>();
    for (Node change : set.children()) {
      switch (change.name()) {
        case "comment", "preConditions", "validCheckSum", "tagDatabase", "property" -> {}
        case "rollback" -> {
          if (!change.text().isBlank()) {
            down.add(change.text());
          }
          for (Node back : change.children()) {
            Optional<String> sql = Change.sql(back);
            if (sql.isEmpty()) {
              return Migration.silent(id, "its rollback has `" + back.name() + "`");
            }
            down.add(sql.get());
          }
        }
        default -> {
          Optional<String> sql = Change.sql(change);
          if (sql.isEmpty()) {
            return Migration.silent(id, "a change `" + change.name() + "` is not judged");
          }
          up.add(sql.get());
        }
      }
    }
    return Migration.sql(
            id,
            String.join(";\n", up),
            down.isEmpty() ? Optional.empty() : Optional.of(String.join(";\n", down)),
            Optional.empty())
        .translated();
  }
}
