package dev.lastgood.provider.systemd;

import dev.lastgood.provider.local.ContentId;
import dev.lastgood.provider.local.Versions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// One version of all files of a service. Two with the same bytes at the same paths have one id.
///
/// @param since when the youngest of the files was written, which is about when they went live
/// @param at path of each file as systemd knows it, and where its content can be read
/// @param kept its folder, when Lastgood keeps it
record FileSet(String id, Instant since, SortedMap<Path, Path> at, Optional<Path> kept) {
  FileSet {
    at = Collections.unmodifiableSortedMap(new TreeMap<>(at));
  }

  /// @throws IOException if a file cannot be read, or is no regular file of a configuration's size
  static FileSet of(SortedMap<Path, Path> at, Optional<Path> kept) throws IOException {
    Instant youngest = Instant.EPOCH;
    for (Path file : at.values()) {
      Instant written = Files.getLastModifiedTime(file).toInstant();
      youngest = written.isAfter(youngest) ? written : youngest;
    }
    return new FileSet(id(at), youngest, at, kept);
  }

  /// Each path and each length is part of it: no two sets read alike.
  private static String id(SortedMap<Path, Path> at) throws IOException {
    var all = new ByteArrayOutputStream();
    for (var each : at.entrySet()) {
      byte[] content = Versions.content(each.getValue());
      all.writeBytes(
          (each.getKey() + "\0" + content.length + "\0").getBytes(StandardCharsets.UTF_8));
      all.writeBytes(content);
    }
    return ContentId.of(all.toByteArray());
  }

  boolean whole() throws IOException {
    return id(at).equals(id);
  }

  /// The name of one content; empty when the file is not part of it.
  Optional<String> content(Path path) throws IOException {
    Path from = at.get(path);
    return from == null ? Optional.empty() : Optional.of(ContentId.of(Versions.content(from)));
  }
}
