package dev.lastgood.database.migration;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.zip.CRC32;

/// Folders of migrations written in SQL.
final class SqlFolders {
  private SqlFolders() {}

  /// `NAME/migration.sql`, and `NAME/down.sql` where a team keeps one. The checksum is SHA-256 of
  /// the file (prisma-engines, schema-core).
  static List<Migration> prisma(SortedMap<String, String> files) {
    List<Migration> all = new ArrayList<>();
    files.forEach((path, text) -> {
      String[] parts = path.split("/", -1);
      if (parts.length == 2 && parts[1].equals("migration.sql")) {
        Optional<String> down = Optional.ofNullable(files.get(parts[0] + "/down.sql"));
        all.add(Migration.sql(parts[0], text, down, Optional.of(sha256(text))));
      }
    });
    return all;
  }

  /// `V1_2__words.sql`, `R__words.sql`, undone by `U1_2__words.sql`. The version is 1.2.
  static List<Migration> flyway(SortedMap<String, String> files) {
    List<Migration> all = new ArrayList<>();
    List<Migration> repeatable = new ArrayList<>();
    files.forEach((path, text) -> {
      String name = name(path);
      int words = name.indexOf("__");
      if (words > 0 && name.endsWith(".sql")) {
        String version = version(name.substring(1, words));
        if (name.startsWith("V")) {
          all.add(
              Migration.sql(
                  version, text, undo(files, version), Optional.of(Integer.toString(crc(text)))));
        } else if (name.startsWith("R") && words == 1) {
          repeatable.add(
              Migration.sql(
                  name, text, Optional.empty(), Optional.of(Integer.toString(crc(text)))));
        }
      } else if (words > 0 && name.endsWith(".java") && name.startsWith("V")) {
        all.add(
            Migration.code(
                version(name.substring(1, words)), Optional.empty(), Optional.empty(), "Java"));
      }
    });
    all.sort(Comparator.comparing(Migration::id, Numbers.ORDER));
    all.addAll(repeatable);
    return all;
  }

  private static Optional<String> undo(SortedMap<String, String> files, String version) {
    return files.entrySet().stream()
        .filter(e -> {
          String name = name(e.getKey());
          int words = name.indexOf("__");
          return name.startsWith("U")
              && name.endsWith(".sql")
              && words > 0
              && version(name.substring(1, words)).equals(version);
        })
        .map(java.util.Map.Entry::getValue)
        .findFirst();
  }

  private static String version(String written) {
    return written.replace('_', '.');
  }

  /// `20260101120000_words.sql`.
  static List<Migration> supabase(SortedMap<String, String> files) {
    List<Migration> all = new ArrayList<>();
    files.forEach((path, text) -> {
      String digits = Numbers.leading(path);
      if (!path.contains("/") && path.endsWith(".sql") && !digits.isEmpty()) {
        all.add(Migration.sql(digits, text, Optional.empty(), Optional.empty()));
      }
    });
    return all;
  }

  /// `001_words.up.sql` and `.down.sql`, or one file with both parts, marked as dbmate and goose
  /// do.
  static List<Migration> numbered(SortedMap<String, String> files) {
    List<Migration> all = new ArrayList<>();
    files.forEach((path, text) -> {
      String name = name(path);
      String number = Numbers.leading(name);
      if (number.isEmpty() || !name.endsWith(".sql") || name.endsWith(".down.sql")) {
        return;
      }
      Optional<String> down =
          name.endsWith(".up.sql")
              ? Optional.ofNullable(files.get(path.replaceAll("\\.up\\.sql$", ".down.sql")))
              : Marked.part(text, false);
      all.add(
          Migration.sql(
              Numbers.plain(number),
              Marked.part(text, true).orElse(text),
              down.filter(d -> !d.isBlank()),
              Optional.empty()));
    });
    all.sort(Comparator.comparing(Migration::id, Numbers.ORDER));
    return all;
  }

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// As Flyway counts: the lines without their ends, without a byte order mark.
  private static int crc(String text) {
    var crc = new CRC32();
    (text.startsWith("\uFEFF") ? text.substring(1) : text)
        .lines()
        .forEach(l -> crc.update(l.getBytes(StandardCharsets.UTF_8)));
    return (int) crc.getValue();
  }
}
