package dev.lastgood.database.migration;

import dev.lastgood.database.migration.Change.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Change sets of Liquibase: formatted SQL, XML and YAML. Their order is that of the files; which
/// of them are applied and when is in the state table. Checksums are Liquibase's own and not
/// compared.
final class Changelogs {
  private static final Pattern SET =
      Pattern.compile("(?i)^--\\s*changeset\\s+(\"[^\"]+\"|[^:\\s]+):(\"[^\"]+\"|\\S+).*");
  private static final Pattern BACK = Pattern.compile("(?i)^--\\s*rollback(?:\\s+(.*))?$");

  private Changelogs() {}

  static List<Migration> read(SortedMap<String, String> files) {
    List<Migration> all = new ArrayList<>();
    files.forEach((path, text) -> {
      if (path.endsWith(".sql")) {
        all.addAll(formatted(text));
      } else if (path.endsWith(".xml")) {
        all.addAll(sets(path, ChangeTree.xml(text)));
      } else if (path.endsWith(".yaml") || path.endsWith(".yml")) {
        all.addAll(sets(path, ChangeTree.yaml(text)));
      }
    });
    return all;
  }

  private static List<Migration> formatted(String text) {
    List<Migration> all = new ArrayList<>();
    String id = "";
    var up = new StringBuilder();
    var down = new StringBuilder();
    for (String line : (text + "\n--changeset end:end").lines().toList()) {
      Matcher set = SET.matcher(line.strip());
      Matcher back = BACK.matcher(line.strip());
      if (set.matches()) {
        if (!id.isEmpty()) {
          all.add(
              Migration.sql(
                  id,
                  up.toString(),
                  Optional.of(down.toString()).filter(d -> !d.isBlank()),
                  Optional.empty()));
        }
        id = set.group(1).replace("\"", "") + ":" + set.group(2).replace("\"", "");
        up.setLength(0);
        down.setLength(0);
      } else if (back.matches()) {
        down.append(back.group(1) == null ? "" : back.group(1)).append('\n');
      } else {
        up.append(line).append('\n');
      }
    }
    return all;
  }

  private static List<Migration> sets(String path, Optional<Node> tree) {
    if (tree.isEmpty()) {
      return List.of(Migration.silent(path, "the changelog cannot be read"));
    }
    return tree.get().children("changeSet").stream().map(Changelogs::set).toList();
  }

  private static Migration set(Node set) {
    String id = set.get("author") + ":" + set.get("id");
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
