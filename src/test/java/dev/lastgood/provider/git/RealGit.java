package dev.lastgood.provider.git;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A repository as a team has one: a bare one that everybody pushes to, and somebody's clone.
final class RealGit {
  final Path origin;
  final Path clone;

  RealGit(Path dir) throws IOException, InterruptedException {
    origin = dir.resolve("origin.git");
    clone = dir.resolve("clone");
    Files.createDirectories(dir);
    git(dir, "init", "-q", "--bare", "-b", "main", origin.toString());
    git(dir, "clone", "-q", origin.toString(), clone.toString());
    git("checkout", "-q", "-b", "main");
  }

  String git(String... words) throws IOException, InterruptedException {
    return git(clone, words);
  }

  static String git(Path dir, String... words) throws IOException, InterruptedException {
    List<String> all =
        new ArrayList<>(List.of("git", "-c", "user.name=Dev", "-c", "user.email=dev@shop.test"));
    all.addAll(List.of("-c", "advice.detachedHead=false", "-c", "init.defaultBranch=main"));
    all.addAll(List.of(words));
    Process process =
        new ProcessBuilder(all).directory(dir.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(all + ": " + said).isEqualTo(0);
    return said.strip();
  }

  /// A commit that is pushed.
  String commit(String file, String text, String subject) throws IOException, InterruptedException {
    Files.writeString(clone.resolve(file), text);
    git("add", "-A");
    git("commit", "-q", "-m", subject);
    git("push", "-q", "origin", "HEAD:main");
    return head();
  }

  String head() throws IOException, InterruptedException {
    return git("rev-parse", "HEAD");
  }

  String pushed() throws IOException, InterruptedException {
    return git(origin, "rev-parse", "main");
  }

  String shows(String file) throws IOException, InterruptedException {
    return git(origin, "show", "main:" + file);
  }
}
