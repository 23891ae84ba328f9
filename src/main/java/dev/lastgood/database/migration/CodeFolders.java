package dev.lastgood.database.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Folders of migrations written in JavaScript, TypeScript, Python or Ruby; Alembic's are a graph,
/// see [Revisions]. Nothing of them is run.
final class CodeFolders {
  private CodeFolders() {}

  static List<Migration> knex(SortedMap<String, String> files) {
    List<Migration> all = new ArrayList<>();
    files.forEach((path, text) -> {
      boolean code =
          path.endsWith(".js")
              || path.endsWith(".ts")
              || path.endsWith(".cjs")
              || path.endsWith(".mjs");
      if (code && !path.endsWith(".d.ts") && !path.contains("/")) {
        all.add(
            Migration.code(
                path, PlainCalls.sql(text, "up"), PlainCalls.sql(text, "down"), "JavaScript"));
      }
    });
    return all;
  }

  /// The state table holds the name of the class, or the `name` it gives itself.
  static List<Migration> typeorm(SortedMap<String, String> files) {
    Pattern named =
        Pattern.compile("(?:class\\s+(\\w+)[^{]*\\{)(?:\\s*name\\s*=\\s*['\"](\\w+)['\"])?");
    List<Migration> all = new ArrayList<>();
    files.forEach((path, text) -> {
      Matcher matcher = named.matcher(text);
      if ((path.endsWith(".ts") || path.endsWith(".js")) && matcher.find()) {
        String id = matcher.group(2) == null ? matcher.group(1) : matcher.group(2);
        all.add(
            Migration.code(
                id, PlainCalls.sql(text, "up"), PlainCalls.sql(text, "down"), "JavaScript"));
      }
    });
    return all;
  }

  static List<Migration> rails(SortedMap<String, String> files) {
    List<Migration> all = new ArrayList<>();
    files.forEach((path, _) -> {
      String version = Numbers.leading(path);
      if (path.endsWith(".rb") && !version.isEmpty()) {
        all.add(Migration.code(version, Optional.empty(), Optional.empty(), "Ruby"));
      }
    });
    return all;
  }

  /// `APP/migrations/0001_words.py`, below the folder of the project.
  static List<Migration> django(SortedMap<String, String> files) {
    List<Migration> all = new ArrayList<>();
    files.forEach((path, _) -> {
      String[] parts = path.split("/", -1);
      int last = parts.length - 1;
      boolean migration =
          last >= 2
              && parts[last - 1].equals("migrations")
              && parts[last].endsWith(".py")
              && !Numbers.leading(parts[last]).isEmpty();
      if (migration) {
        String name = parts[last].substring(0, parts[last].length() - ".py".length());
        all.add(
            Migration.code(
                parts[last - 2] + "." + name, Optional.empty(), Optional.empty(), "Python"));
      }
    });
    return all;
  }
}
