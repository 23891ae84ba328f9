package dev.lastgood.database.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file of Liquibase in SQL: `--changeset AUTHOR:ID`, its SQL, and its way down behind
/// `--rollback` or in a comment that begins with `liquibase rollback`.
final class FormattedSql {
  private static final Pattern SET =
      Pattern.compile("(?i)^--\\s*changeset\\s+(\"[^\"]+\"|[^:\\s]+):(\"[^\"]+\"|\\S+)(.*)");
  private static final Pattern BACK = Pattern.compile("(?i)^--\\s*rollback(?:\\s+(.*))?$");
  private static final Pattern BLOCK = Pattern.compile("(?i)^/\\*\\s*liquibase\\s+rollback\\s*$");
  private static final Pattern LOGICAL = Pattern.compile("(?i)logicalFilePath:(\"[^\"]+\"|\\S+)");
  private static final Pattern NOTHING = Pattern.compile("(?i)\\s*(empty|not required)\\s*;?\\s*");

  private final List<Migration> all = new ArrayList<>();
  private final StringBuilder up = new StringBuilder();
  private final StringBuilder down = new StringBuilder();
  private String file;
  private String id = "";
  private boolean block;

  private FormattedSql(String file) {
    this.file = file;
  }

  static List<Migration> read(String path, String text) {
    var sql = new FormattedSql(path);
    text.lines().forEach(sql::line);
    sql.finish();
    return sql.all;
  }

  private void line(String line) {
    String words = line.strip();
    Matcher set = SET.matcher(words);
    Matcher back = BACK.matcher(words);
    if (block) {
      block = !words.endsWith("*/");
      down.append(block ? line : line.substring(0, line.lastIndexOf("*/"))).append('\n');
    } else if (set.matches()) {
      finish();
      id =
          Changelogs.id(
              plain(set.group(1)), plain(set.group(2)), logical(set.group(3)).orElse(file));
    } else if (BLOCK.matcher(words).matches()) {
      block = true;
    } else if (back.matches()) {
      down.append(back.group(1) == null ? "" : back.group(1)).append('\n');
    } else if (id.isEmpty()) {
      file = logical(words).filter(_ -> words.startsWith("--")).orElse(file);
    } else {
      up.append(line).append('\n');
    }
  }

  private void finish() {
    if (!id.isEmpty()) {
      boolean nothing = NOTHING.matcher(down).matches();
      Optional<String> back =
          nothing ? Optional.of("") : Optional.of(down.toString()).filter(d -> !d.isBlank());
      all.add(Migration.sql(id, up.toString(), back, Optional.empty()));
    }
    up.setLength(0);
    down.setLength(0);
  }

  private static Optional<String> logical(String words) {
    Matcher found = LOGICAL.matcher(words);
    return found.find() ? Optional.of(plain(found.group(1))) : Optional.empty();
  }

  private static String plain(String word) {
    return word.replace("\"", "");
  }
}
