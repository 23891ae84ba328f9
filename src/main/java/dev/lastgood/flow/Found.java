package dev.lastgood.flow;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a folder says about the system that lives there, as a proposal for its configuration.
///
/// @param says what was recognised, one line each
public record Found(String system, List<String> components, List<String> later, List<String> says) {
  private static final int DEPTH = 4;
  private static final int FILES_MAX = 50_000;
  private static final Set<String> SKIPPED =
      Set.of("node_modules", ".git", "target", "build", "dist", "vendor", "releases");

  /// Files that tell of a platform which a component could have.
  private static final Map<String, String> MARKS =
      Map.of(
          "vercel.json", "vercel",
          "railway.json", "railway",
          "railway.toml", "railway",
          "Procfile", "heroku",
          "docker-compose.yml", "compose",
          "compose.yaml", "compose",
          "ecosystem.config.js", "pm2",
          "schema.prisma", "a database with prisma migrations");

  public Found {
    components = List.copyOf(components);
    later = List.copyOf(later);
    says = List.copyOf(says);
  }

  /// @throws IOException when the folder cannot be read
  public static Found in(Path folder) throws IOException {
    var look = new Look(folder);
    Files.walkFileTree(folder, EnumSet.noneOf(FileVisitOption.class), DEPTH, look);
    return new Found(name(folder), look.components, look.later, look.says);
  }

  public String yaml() {
    var out = new StringBuilder();
    out.append("# What Lastgood protects. Every key: docs/configuration.md\n");
    out.append("system: ").append(system).append("\nenvironment: production\n\n");
    out.append("components:\n");
    if (components.isEmpty()) {
      out.append("  # Nothing was recognised here. One component, to begin with:\n");
      out.append("  backend:\n    platform: release-directory\n    path: /srv/")
          .append(system)
          .append("/backend\n");
    }
    components.forEach(out::append);
    later.forEach(l -> out.append("  # ").append(l).append('\n'));
    out.append("\n# How to tell that it works. Lastgood believes nothing else.\nchecks:\n");
    out.append("  health:\n    get: http://127.0.0.1:8080/health\n    status: [200]\n");
    out.append("    # word: { at: status, healthy: [ok, healthy] }\n");
    out.append("    # version: version\n");
    out.append(
        "\n# After a rollback: how long the bad release is held, and how often in a row checks must pass.\n");
    out.append("after: { hold: 24h, passes: 2, patience: 60s }\n");
    return out.toString();
  }

  private static String name(Path folder) {
    Path last = folder.getFileName();
    return word(last == null ? "system" : last.toString());
  }

  /// Letters, digits and dashes: what may be a name in the configuration.
  private static String word(String text) {
    String word =
        text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
    return word.isEmpty() || !Character.isLetter(word.charAt(0)) ? "system" : word;
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static final class Look extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<String> components = new ArrayList<>();
    private final List<String> later = new ArrayList<>();
    private final List<String> says = new ArrayList<>();
    private final Map<String, Integer> names = new TreeMap<>();
    private int seen;

    private Look(Path root) {
      this.root = root;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      Path name = folder.getFileName();
      if (!folder.equals(root) && name != null && SKIPPED.contains(name.toString())) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      if (Files.isDirectory(folder.resolve("releases"))
          && Files.isSymbolicLink(folder.resolve("current"))) {
        String component = unique(folder.equals(root) ? "app" : name(folder));
        components.add(
            "  "
                + component
                + ":\n    platform: release-directory\n    path: "
                + quoted(shown(folder))
                + "\n    # service: how it is started and stopped; see docs/platforms/release-directory.md\n");
        says.add(shown(folder) + ": releases/ and current, a release-directory");
        return FileVisitResult.SKIP_SUBTREE;
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (++seen > FILES_MAX) {
        return FileVisitResult.TERMINATE;
      }
      Path last = file.getFileName();
      String name = last == null ? "" : last.toString();
      if (name.equals(".env.production") || name.equals(".env")) {
        components.add(
            "  "
                + unique("config")
                + ":\n    platform: env-file\n    path: "
                + quoted(shown(file))
                + "\n    versions: "
                + quoted(shown(file) + ".versions")
                + "\n    # required: [DATABASE_URL]\n");
        says.add(shown(file) + ": an env-file");
      }
      @Nullable String platform = MARKS.get(name);
      if (platform != null) {
        later.add(shown(file) + " speaks of " + platform);
        says.add(shown(file) + ": speaks of " + platform);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      says.add(shown(file) + ": cannot be read, passed over");
      return FileVisitResult.CONTINUE;
    }

    private String shown(Path path) {
      Path relative = root.relativize(path);
      return relative.toString().isEmpty() ? "." : relative.toString();
    }

    private String unique(String wanted) {
      int n = names.merge(wanted, 1, Integer::sum);
      return n == 1 ? wanted : wanted + "-" + n;
    }
  }
}
