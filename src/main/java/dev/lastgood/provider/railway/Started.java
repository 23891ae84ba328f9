package dev.lastgood.provider.railway;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.SlotLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What Lastgood asked Railway to start. A rollback makes a deployment with a new id, and Railway
/// does not say whose copy it is; so what is wanted is written down before it is asked for, and the
/// deployment that came of it is known by its time and its content.
final class Started {
  private static final int LIMIT = 1 << 20;
  private static final int KEPT = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private final Path file;

  /// @param after the newest deployment when it was asked for
  /// @param image empty: it is built again, so that it gets another one
  record Wish(String to, Instant after, String commit, String image) {}

  /// @param switchedOff whether pushes deployed by themselves until Lastgood switched that off
  private record Notes(List<Wish> wishes, boolean switchedOff) {}

  Started(Path file) {
    this.file = file;
  }

  /// By the id of each copy, the id of what it is a copy of. What something in between sent twice
  /// made two copies, one after the other.
  ///
  /// @param newest newest first
  Map<String, String> copies(List<Deployed> newest) throws PlatformUnreachable {
    var copies = new TreeMap<String, String>();
    for (Wish wish : read().wishes()) {
      newest.reversed().stream()
          .filter(d -> d.created().isAfter(wish.after()))
          .takeWhile(d -> d.like(wish.commit(), wish.image()))
          .forEach(d -> copies.putIfAbsent(d.id(), wish.to()));
    }
    return copies;
  }

  /// Two who ask at once would get two deployments: one of them waits, and sees the other's.
  Optional<SlotLock> turn() throws PlatformUnreachable {
    try {
      return SlotLock.take(file.resolveSibling(file.getFileName() + ".lock"), PATIENCE);
    } catch (IOException e) {
      throw new PlatformUnreachable(
          file + ".lock cannot be locked: " + e.getMessage() + "; see the state folder", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformUnreachable("interrupted while another Lastgood was at it", e);
    }
  }

  void wish(Wish wish) throws PlatformUnreachable {
    Notes notes = read();
    if (notes.wishes().contains(wish)) {
      return;
    }
    write(
        new Notes(
            Stream.concat(notes.wishes().stream(), Stream.of(wish))
                .skip(Math.max(0, notes.wishes().size() + 1L - KEPT))
                .toList(),
            notes.switchedOff()));
  }

  boolean switchedOff() throws PlatformUnreachable {
    return read().switchedOff();
  }

  void switchedOff(boolean is) throws PlatformUnreachable {
    Notes notes = read();
    if (notes.switchedOff() != is) {
      write(new Notes(notes.wishes(), is));
    }
  }

  private Notes read() throws PlatformUnreachable {
    if (!Files.exists(file)) {
      return new Notes(List.of(), false);
    }
    try {
      JsonNode json = JsonMapper.shared().readTree(AtomicFiles.read(file, LIMIT));
      List<Wish> wishes = new ArrayList<>();
      for (JsonNode one : json.path("wishes")) {
        wishes.add(
            new Wish(
                one.path("to").asString(),
                Instant.parse(one.path("after").asString()),
                one.path("commit").asString(),
                one.path("image").asString()));
      }
      return new Notes(wishes, json.path("switchedOff").asBoolean(false));
    } catch (IOException | JacksonException | java.time.DateTimeException e) {
      throw new PlatformUnreachable(
          file + " cannot be read: " + e.getMessage() + "; repair it, or move it away", e);
    }
  }

  private void write(Notes notes) throws PlatformUnreachable {
    Map<String, Object> json =
        Map.of(
            "switchedOff",
            notes.switchedOff(),
            "wishes",
            notes.wishes().stream()
                .map(w ->
                    Map.of(
                        "to", w.to(),
                        "after", w.after().toString(),
                        "commit", w.commit(),
                        "image", w.image()))
                .toList());
    try {
      AtomicFiles.write(file, JsonMapper.shared().writeValueAsString(json));
    } catch (IOException e) {
      throw new PlatformUnreachable(
          file + " cannot be written: " + e.getMessage() + "; see the state folder", e);
    }
  }

  /// What it is a copy of; itself when it is none.
  static String origin(Map<String, String> copies, String id) {
    return Optional.ofNullable(copies.get(id)).orElse(id);
  }
}
