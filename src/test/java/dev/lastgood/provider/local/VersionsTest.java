package dev.lastgood.provider.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.local.Versions.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class VersionsTest {
  @TempDir Path dir;

  @Test
  void two_who_keep_the_same_content_at_once_both_keep_it() throws Exception {
    Path live = dir.resolve("shop.env");
    for (int n = 0; n < 100; n++) {
      Files.writeString(live, "N=" + n + "\n");
      Path folder = dir.resolve("kept-" + n);
      var versions = new Versions(live, folder, List.of());
      Version now = versions.read().live().orElseThrow();
      var together = new CyclicBarrier(4);
      Callable<Path> keep =
          () -> {
            together.await();
            return versions.keep(now);
          };

      List<Path> copies = new ArrayList<>();
      try (var four = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Future<Path> copy : four.invokeAll(List.of(keep, keep, keep, keep))) {
          copies.add(copy.get());
        }
      }

      assertThat(copies).hasSize(4).containsOnly(versions.keep(now));
      try (var all = Files.list(folder)) {
        assertThat(all).containsExactly(copies.getFirst());
      }
    }
  }

  @Test
  void of_very_many_copies_the_newest_count_and_the_others_can_be_removed() throws Exception {
    Path live = Files.writeString(dir.resolve("shop.env"), "LIVE=1\n");
    Path folder = Files.createDirectories(dir.resolve("kept"));
    for (int n = 0; n < 2100; n++) {
      byte[] content = ("N=" + n + "\n").getBytes(StandardCharsets.UTF_8);
      Path copy = folder.resolve(String.format("2026%04dT000000Z-%s", n, ContentId.of(content)));
      Files.write(copy, content);
      Files.setLastModifiedTime(copy, FileTime.fromMillis(n * 1000L));
    }
    var versions = new Versions(live, folder, List.of());

    assertThat(versions.read().all()).hasSize(1001);
    assertThat(versions.read().find(id("N=2099\n"))).isPresent();
    assertThat(versions.read().excluded()).singleElement().asString().contains("more than 1000");

    assertThat(versions.prune(3, Set.of(id("N=5\n")))).hasSize(2096);
    assertThat(versions.read().all())
        .extracting(Version::id)
        .containsExactly(
            id("LIVE=1\n"), id("N=2099\n"), id("N=2098\n"), id("N=2097\n"), id("N=5\n"));
  }

  @Test
  void a_damaged_copy_is_kept_anew() throws Exception {
    Path live = Files.writeString(dir.resolve("shop.env"), "A=1\n");
    var versions = new Versions(live, dir.resolve("kept"), List.of());
    Path copy = versions.keep(versions.read().live().orElseThrow());
    Files.writeString(copy, "A=");
    Version again = versions.read().find(id("A=1\n")).orElseThrow();
    assertThat(again.kept()).isFalse();

    versions.keep(again);

    assertThat(versions.read().find(id("A=1\n")))
        .hasValueSatisfying(v -> assertThat(v.kept()).isTrue());
    assertThat(copy).hasContent("A=1\n");
  }

  private static String id(String content) {
    return ContentId.of(content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void the_folder_is_as_open_to_the_group_as_the_folder_of_the_file() throws Exception {
    Path etc = Files.createDirectory(dir.resolve("etc"));
    givenToAnotherGroup(etc);
    Files.setPosixFilePermissions(etc, PosixFilePermissions.fromString("rwxrwxr-x"));
    Path live = Files.writeString(etc.resolve("shop.env"), "A=1\n");
    Path folder = dir.resolve("var/kept");

    KeptFolder.make(folder, live, _ -> false);

    for (Path made : List.of(folder, dir.resolve("var"))) {
      assertThat(mode(made)).isEqualTo("rwxrwx---");
      assertThat(group(made)).isEqualTo(group(etc));
    }
  }

  @Test
  void the_folder_is_for_its_owner_alone_where_nobody_else_may_replace_the_file() throws Exception {
    Path etc = Files.createDirectory(dir.resolve("etc"));
    Path live = Files.writeString(etc.resolve("shop.env"), "A=1\n");
    Files.setPosixFilePermissions(etc, PosixFilePermissions.fromString("rwxr-xr-x"));

    KeptFolder.make(dir.resolve("kept"), live, _ -> false);

    assertThat(mode(dir.resolve("kept"))).isEqualTo("rwx------");
  }

  @Test
  void what_root_makes_is_shared_with_nobody() throws Exception {
    Path etc = Files.createDirectory(dir.resolve("etc"));
    Path live = Files.writeString(etc.resolve("shop.env"), "A=1\n");
    Files.setPosixFilePermissions(etc, PosixFilePermissions.fromString("rwxrwxr-x"));
    String me = Files.getOwner(etc).getName();

    KeptFolder.make(dir.resolve("kept"), live, me::equals);

    assertThat(mode(dir.resolve("kept"))).isEqualTo("rwx------");
  }

  @Test
  void a_folder_that_somebody_opened_stays_open_and_copies_keep_group_and_mode() throws Exception {
    Path live = Files.writeString(dir.resolve("shop.env"), "A=1\n");
    givenToAnotherGroup(live);
    Files.setPosixFilePermissions(live, PosixFilePermissions.fromString("rw-r-----"));
    Path folder = Files.createDirectory(dir.resolve("kept"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx--x"));
    var versions = new Versions(live, folder, List.of());

    Path copy = versions.keep(versions.read().live().orElseThrow());

    assertThat(mode(folder)).isEqualTo("rwxrwx--x");
    assertThat(mode(copy)).isEqualTo("rw-r-----");
    assertThat(group(copy)).isEqualTo(group(live));
  }

  @Test
  void what_is_made_in_it_is_as_open_as_it_is() throws Exception {
    Path folder = Files.createDirectory(dir.resolve("kept"));
    givenToAnotherGroup(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));

    KeptFolder.makeWithin(folder, folder.resolve("20261121/etc/default"));

    for (Path made : List.of(folder.resolve("20261121"), folder.resolve("20261121/etc/default"))) {
      assertThat(mode(made)).isEqualTo("rwxr-x---");
      assertThat(group(made)).isEqualTo(group(folder));
    }
  }

  @Test
  void two_who_make_the_same_folders_in_it_at_once_both_have_them() throws Exception {
    for (int n = 0; n < 100; n++) {
      Path inner = dir.resolve(n + "/etc/systemd/system");
      var together = new CyclicBarrier(4);
      Callable<Void> make =
          () -> {
            together.await();
            KeptFolder.makeWithin(dir, inner);
            return null;
          };

      try (var four = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Future<Void> one : four.invokeAll(List.of(make, make, make, make))) {
          one.get();
        }
      }

      assertThat(inner).isDirectory();
    }
  }

  @Test
  void closed_to_this_user_it_says_whose_it_is_and_how_it_is_opened() throws Exception {
    Path folder = Files.createDirectory(dir.resolve("kept"));

    assertThat(Why.of(KeptFolder.closed(folder, new AccessDeniedException(folder.toString()))))
        .contains(
            folder
                + ": the kept versions are "
                + Files.getOwner(folder).getName()
                + "'s and closed",
            "chgrp -R GROUP " + folder + " && find " + folder + " -type d -exec chmod g+rwx {} +");
  }

  @Test
  void a_folder_with_a_name_that_a_shell_would_read_is_quoted_in_the_commands() throws Exception {
    Path folder = Files.createDirectory(dir.resolve("kept; rm -r x"));

    assertThat(Why.of(KeptFolder.closed(folder, new AccessDeniedException(folder.toString()))))
        .contains("chgrp -R GROUP '" + folder + "' && find '" + folder + "' -type d");
  }

  @Test
  void below_a_folder_that_is_closed_nobody_is_told_to_open_that_one() throws Exception {
    Path folder = dir.resolve("var/kept");

    assertThat(Why.of(KeptFolder.closed(folder, new AccessDeniedException(folder.toString()))))
        .startsWith(folder + ": ")
        .contains("since " + dir + " is " + Files.getOwner(dir).getName() + "'s")
        .doesNotContain("chgrp", "chmod");
  }

  @Test
  void a_file_of_another_user_that_cannot_be_replaced_says_whose_it_is() throws Exception {
    Path live = Files.writeString(dir.resolve("shop.env"), "A=1\n");
    var old = Files.readAttributes(live, PosixFileAttributes.class);

    assertThat(Why.of(AtomicFiles.notOurs(live, old, null)))
        .startsWith(live + ": it is " + old.owner().getName() + "'s")
        .contains("Run this as " + old.owner().getName());
  }

  /// Only root can; for others it stays their own.
  private static void givenToAnotherGroup(Path file) throws Exception {
    try {
      Files.getFileAttributeView(file, PosixFileAttributeView.class)
          .setGroup(
              file.getFileSystem()
                  .getUserPrincipalLookupService()
                  .lookupPrincipalByGroupName("4711"));
    } catch (FileSystemException notRoot) {
      assertThat(group(file)).isNotEmpty();
    }
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static String group(Path file) throws Exception {
    return Files.readAttributes(file, PosixFileAttributes.class).group().getName();
  }
}
