package dev.lastgood.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AtomicFilesTest {
  @TempDir Path dir;

  @Test
  void replaces_a_file_and_keeps_its_mode() throws Exception {
    Path file = Files.writeString(dir.resolve("site.conf"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r-x"));

    AtomicFiles.write(file, "new");

    assertThat(file).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r-x");
    assertThat(names(dir)).containsExactly("site.conf");
  }

  @Test
  void a_new_file_is_for_its_owner_alone() throws Exception {
    AtomicFiles.write(dir.resolve("new"), "text");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("new"))))
        .isEqualTo("rw-------");
  }

  @Test
  void a_file_behind_a_link_is_replaced_and_the_link_stays() throws Exception {
    Path file = Files.writeString(dir.resolve("available"), "old");
    Path link = Files.createSymbolicLink(dir.resolve("enabled"), Path.of("available"));

    AtomicFiles.write(link, "new");

    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("new");
  }

  @Test
  void a_file_in_a_folder_that_is_gone_is_an_error() {
    assertThatThrownBy(() -> AtomicFiles.write(dir.resolve("gone/file"), "text"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void points_a_link_elsewhere_in_one_step() throws Exception {
    Path link = Files.createSymbolicLink(dir.resolve("current"), Path.of("v2"));

    AtomicFiles.link(link, Path.of("v1"));

    assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("v1"));
    assertThat(names(dir)).containsExactly("current");
  }

  @Test
  void never_puts_a_link_in_the_place_of_a_folder_or_a_file() throws Exception {
    Files.createDirectory(dir.resolve("folder"));
    Files.writeString(dir.resolve("file"), "text");

    assertThatThrownBy(() -> AtomicFiles.link(dir.resolve("folder"), Path.of("v1")))
        .hasMessageContaining("is not a link");
    assertThatThrownBy(() -> AtomicFiles.link(dir.resolve("file"), Path.of("v1")))
        .hasMessageContaining("is not a link");
    assertThat(names(dir)).containsExactly("file", "folder");
  }

  @Test
  void sweeps_what_dead_processes_left_and_nothing_else() throws Exception {
    Path link = Files.createSymbolicLink(dir.resolve("current"), Path.of("v2"));
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    String left = ".current" + AtomicFiles.TEMPORARY + dead.pid() + "-1-1";
    String mine = ".current" + AtomicFiles.TEMPORARY + ProcessHandle.current().pid() + "-1-1";
    Files.createSymbolicLink(dir.resolve(left), Path.of("v1"));
    Files.createSymbolicLink(dir.resolve(mine), Path.of("v1"));

    AtomicFiles.sweep(link);

    assertThat(names(dir)).containsExactly(mine, "current");
  }

  @Test
  void reads_no_more_than_was_allowed() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "12345");

    assertThat(AtomicFiles.read(file, 5)).isEqualTo("12345");
    assertThatThrownBy(() -> AtomicFiles.read(file, 4)).hasMessageContaining("larger than 4");
  }

  @Test
  void a_full_disk_leaves_the_old_file_whole() throws Exception {
    assumeTrue(mount("64k"), "mounting a small file system needs root");
    try {
      Path file = Files.writeString(dir.resolve("disk/site.conf"), "old");

      assertThatThrownBy(
              () -> AtomicFiles.write(file, "x".repeat(200_000).getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(IOException.class);

      assertThat(file).hasContent("old");
      assertThat(names(dir.resolve("disk"))).containsExactly("site.conf");
    } finally {
      Argv.of(Duration.ofSeconds(10), "umount", dir.resolve("disk").toString()).run();
    }
  }

  private boolean mount(String size) throws IOException {
    Path disk = Files.createDirectory(dir.resolve("disk"));
    return Argv.of(
            Duration.ofSeconds(10),
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "size=" + size,
            "tmpfs",
            disk.toString())
        .run()
        .equals(new Argv.End.Exited(0, ""));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void an_interrupted_thread_writes_and_reads_all_the_same_and_stays_interrupted()
      throws Exception {
    Path file = dir.resolve("file");

    Thread.currentThread().interrupt();
    AtomicFiles.write(file, "whole");
    String read = AtomicFiles.read(file, 100);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(read).isEqualTo("whole");
  }
}
