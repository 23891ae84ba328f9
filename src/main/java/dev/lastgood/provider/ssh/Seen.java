package dev.lastgood.provider.ssh;

import dev.lastgood.provider.local.Glance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What one look saw of another host's files, for as long as the look lasts and nothing is changed.
/// Whatever it does not know is empty, and asked for by itself.
final class Seen {
  private final SshHost host;
  private final Set<Glance> glances = new HashSet<>();
  private final Map<String, RemoteAttributes> files = new HashMap<>();
  private final Map<String, String> letters = new HashMap<>();
  private final Map<String, String> reals = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();
  private final Map<String, List<String>> folders = new HashMap<>();
  private final Map<String, byte[]> contents = new HashMap<>();
  private final Set<String> absent = new HashSet<>();

  Seen(SshHost host) {
    this.host = host;
  }

  boolean of(SshHost other) {
    return host == other;
  }

  /// Asks for what was not asked yet.
  ///
  /// @throws HostLost if there is no connection, or it is lost meanwhile
  void add(Glance glance) {
    if (!glance.equals(Glance.NOTHING) && glances.add(glance)) {
      String mark = Shell.mark();
      Shell.Answer answer = host.look(Survey.script(glance, mark), SshFiles.PATIENCE);
      // 1: a name was not there. Anything else cut it off, and half a list is none
      if (answer.code() == 0 || answer.code() == 1) {
        new Reader(answer.out(), mark.getBytes(StandardCharsets.US_ASCII)).all();
      }
    }
  }

  /// Something is about to be changed.
  void forget() {
    glances.clear();
    List.of(files, letters, reals, links, folders, contents).forEach(Map::clear);
    absent.clear();
  }

  Optional<RemoteAttributes> attributes(String path, boolean follow) {
    Optional<RemoteAttributes> itself = Optional.ofNullable(files.get(path));
    return itself.filter(RemoteAttributes::isSymbolicLink).isPresent() && follow
        ? Optional.ofNullable(files.get(path + "/."))
        : itself;
  }

  /// `rwx`, those that are allowed.
  Optional<String> letters(String path) {
    return Optional.ofNullable(letters.get(path));
  }

  Optional<String> real(String path) {
    return Optional.ofNullable(reals.get(path));
  }

  Optional<String> link(String path) {
    return Optional.ofNullable(links.get(path));
  }

  Optional<List<String>> names(String path) {
    return Optional.ofNullable(folders.get(path));
  }

  /// @throws NoSuchFileException if it was seen that it is not there
  Optional<byte[]> content(String path) throws NoSuchFileException {
    if (absent.contains(path)) {
      throw new NoSuchFileException(path);
    }
    return Optional.ofNullable(contents.get(path));
  }

  /// Reads facts as [Survey] tells them; stops at what it does not understand.
  private final class Reader {
    private final byte[] bytes;
    private final byte[] mark;
    private int at;

    Reader(byte[] bytes, byte[] mark) {
      this.bytes = bytes;
      this.mark = mark;
    }

    void all() {
      while (at < bytes.length && fact(next(), next())) {}
      reals.forEach((path, real) ->
          // A name without links: what is there is what the other name leads to.
          Optional.ofNullable(files.get(path + "/.")).ifPresent(f -> files.put(real, f)));
    }

    private boolean fact(String letter, String path) {
      switch (letter) {
        case "A" -> letters.put(path, next());
        case "R" -> reals.put(path, next());
        case "D" -> folders.put(path, names());
        case "N" -> absent.add(path);
        case "C" -> content(path);
        case "S" -> stat(path, next(), next());
        default -> {
          return false;
        }
      }
      return true;
    }

    private void stat(String path, String line, String name) {
      try {
        RemoteAttributes seen = RemoteAttributes.parse(line);
        files.put(path, seen);
        String leads = path + " -> ";
        if (seen.isSymbolicLink() && name.startsWith(leads)) {
          links.put(path, name.substring(leads.length()));
        }
      } catch (IOException e) {
        // Asked for by itself, it says what is wrong with that stat.
      }
    }

    private List<String> names() {
      List<String> names = new ArrayList<>();
      for (String name = next(); !name.isEmpty(); name = next()) {
        names.add(name);
      }
      return names;
    }

    private void content(String path) {
      int end = at;
      while (end < bytes.length && !marked(end)) {
        end++;
      }
      byte[] content = Arrays.copyOfRange(bytes, at, end);
      at = Math.min(bytes.length, end + 1);
      boolean whole = next().endsWith("+");
      if (whole && content.length < Survey.SMALL) {
        contents.put(path, content);
      }
    }

    private boolean marked(int from) {
      return bytes[from] == 0
          && from + 1 + mark.length <= bytes.length
          && Arrays.equals(bytes, from + 1, from + 1 + mark.length, mark, 0, mark.length);
    }

    private String next() {
      int end = at;
      while (end < bytes.length && bytes[end] != 0) {
        end++;
      }
      String token = new String(bytes, at, end - at, StandardCharsets.UTF_8);
      at = Math.min(bytes.length, end + 1);
      return token;
    }
  }
}
