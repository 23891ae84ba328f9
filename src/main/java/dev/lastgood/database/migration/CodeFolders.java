package dev.lastgood.database.migration;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Folders of migrations written in JavaScript, TypeScript, Python or Ruby. Nothing of them is run.
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

  /// In the order of the chain, oldest first. A chain with branches keeps the order of the files.
  static List<Migration> alembic(SortedMap<String, String> files) {
    Pattern revision = assigned("revision");
    Pattern before = assigned("down_revision");
    Map<String, Migration> all = new LinkedHashMap<>();
    files.forEach((path, text) -> {
      Matcher own = revision.matcher(text);
      if (path.endsWith(".py") && own.find()) {
        Matcher down = before.matcher(text);
        Migration migration =
            Migration.code(own.group(1), Optional.empty(), Optional.empty(), "Python");
        all.put(
            own.group(1),
            migration.after(down.find() ? Optional.of(down.group(1)) : Optional.empty()));
      }
    });
    return chained(all);
  }

  private static Pattern assigned(String name) {
    return Pattern.compile("(?m)^" + name + "\\s*(?::[^=\\n]*)?=\\s*['\"](\\w+)['\"]");
  }

  private static List<Migration> chained(Map<String, Migration> all) {
    List<Migration> chain = new ArrayList<>();
    Optional<Migration> next =
        all.values().stream().filter(m -> m.previous().isEmpty()).findFirst();
    while (next.isPresent() && chain.size() <= all.size()) {
      Migration last = next.get();
      chain.add(last);
      next =
          all.values().stream()
              .filter(m -> m.previous().filter(last.id()::equals).isPresent())
              .findFirst();
    }
    return chain.size() == all.size() ? chain : new ArrayList<>(all.values());
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
