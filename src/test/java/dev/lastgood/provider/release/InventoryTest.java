package dev.lastgood.provider.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What counts as a release, and what only looks like one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class InventoryTest {
  @TempDir Path dir;
  private Bench bench;

  @BeforeEach
  void two_releases() throws Exception {
    bench = Bench.ofFiles(dir);
  }

  @Test
  void the_newest_folder_comes_first_whatever_its_name() throws Exception {
    bench.release("a-later-one");

    assertThat(ids()).startsWith("a-later-one");
  }

  @Test
  void version_and_commit_are_read_from_the_release() throws Exception {
    Path v2 = bench.base.resolve("releases/v2");
    Files.writeString(v2.resolve("VERSION"), "  1.4.2 \nbuilt by ci\n");
    Files.writeString(v2.resolve("REVISION"), "3f2a9c\n");

    Release live = inventory().live().orElseThrow();

    assertThat(live.origin())
        .isEqualTo(
            new Origin(
                Optional.of("1.4.2"), Optional.of("3f2a9c"), Optional.empty(), Optional.empty()));
    assertThat(live.expectedVersion()).isEqualTo("1.4.2");
  }

  @Test
  void a_version_file_that_is_a_link_is_not_followed() throws Exception {
    Path secret = Files.writeString(dir.resolve("shadow"), "root:secret");
    Files.createSymbolicLink(bench.base.resolve("releases/v2/REVISION"), secret);

    assertThat(inventory().live().orElseThrow().origin().commit()).isEmpty();
  }

  @Test
  void what_only_looks_like_a_release_is_excluded_with_the_reason() throws Exception {
    Path releases = bench.base.resolve("releases");
    Files.createDirectory(releases.resolve("empty"));
    Files.createDirectories(releases.resolve(".uploading/x"));
    Files.createDirectories(releases.resolve("v3.partial/x"));
    Files.createDirectories(releases.resolve("failed-deployment-20260101/x"));
    Files.createDirectories(releases.resolve("two\nlines/x"));
    Files.writeString(releases.resolve("notes.txt"), "text");
    Files.createSymbolicLink(releases.resolve("gone"), Path.of("nowhere"));
    Files.createSymbolicLink(releases.resolve("loop"), Path.of("loop"));
    Files.createSymbolicLink(releases.resolve("previous"), Path.of("v1"));
    Files.createSymbolicLink(releases.resolve("outside"), Path.of("/usr"));

    Inventory inventory = inventory();

    assertThat(inventory.releases()).extracting(Release::id).containsExactlyInAnyOrder("v1", "v2");
    assertThat(
            inventory.excluded().stream()
                .collect(Collectors.toMap(Inventory.Excluded::id, Inventory.Excluded::reason)))
        .containsEntry("empty", "empty")
        .containsEntry(".uploading", "hidden or unfinished, by its name")
        .containsEntry("v3.partial", "hidden or unfinished, by its name")
        .containsEntry("failed-deployment-20260101", "a copy of a release that failed, by its name")
        .containsEntry(
            "two?lines", "its name has line breaks or other control characters; rename it")
        .containsEntry("notes.txt", "a file, not a folder")
        .containsEntry("gone", "a link that leads nowhere")
        .containsEntry("loop", "a link that leads nowhere")
        .containsEntry("previous", "a link to v1, which may point elsewhere tomorrow; name that")
        .containsEntry("outside", "a link to /usr, outside " + releases)
        .hasSize(10);
  }

  @Test
  void names_with_spaces_and_letters_of_all_kinds_are_releases_like_others() throws Exception {
    for (String id : List.of("two words", "größe-ß", "日本", "-rf", "a'b\"c", "$(reboot)", "v#1")) {
      bench.release(id);
      Release live = Release.of(Bench.COMPONENT, "v2");
      Release to = inventory().find(id).orElseThrow();

      Doing.walk(bench.platform(), bench.platform().methods(live, to).getFirst());

      assertThat(inventory().live().map(Release::id)).contains(id);
      assertThat(bench.current().resolve("app.txt")).hasContent("app of " + id);
    }
  }

  @Test
  void a_link_that_leads_nowhere_is_no_live_release_but_a_note() throws Exception {
    repoint(Path.of("releases/v9"));

    assertThat(inventory().live()).isEmpty();
    assertThat(inventory().notes())
        .containsExactly(bench.current() + " points at releases/v9, which is not there");
  }

  @Test
  void a_link_in_a_circle_is_no_live_release_but_a_note() throws Exception {
    repoint(Path.of("current"));

    assertThat(inventory().live()).isEmpty();
    assertThat(inventory().notes()).singleElement().asString().contains("leads nowhere");
  }

  @Test
  void a_link_to_the_outside_is_no_live_release_but_a_note() throws Exception {
    repoint(Path.of("/usr"));

    assertThat(inventory().live()).isEmpty();
    assertThat(inventory().notes()).singleElement().asString().contains("/usr, which is outside");
  }

  @Test
  void a_link_by_way_of_another_link_is_followed_to_the_release() throws Exception {
    Files.createSymbolicLink(bench.base.resolve("releases/stable"), Path.of("v1"));
    repoint(Path.of("releases/stable"));

    assertThat(inventory().live().map(Release::id)).contains("v1");
  }

  @Test
  void no_link_at_all_is_a_note() throws Exception {
    Files.delete(bench.current());

    assertThat(inventory().live()).isEmpty();
    assertThat(inventory().notes()).containsExactly(bench.current() + " is not there");
  }

  @Test
  void a_folder_in_the_place_of_the_link_is_a_note_and_cannot_be_switched() throws Exception {
    Files.delete(bench.current());
    Files.createDirectory(bench.current());

    assertThat(inventory().live()).isEmpty();
    assertThat(inventory().notes()).singleElement().asString().contains("Set `adopt: yes`");
    assertThat(bench.platform().methods(bench.named("v2"), bench.named("v1"))).isEmpty();
  }

  @Test
  void a_base_that_is_not_there_is_unreachable_with_its_path() throws Exception {
    Bench other = Bench.ofFiles(dir);
    Files.move(other.base, dir.resolve("moved"));

    assertThatThrownBy(() -> other.platform().inventory())
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining(other.base + "/releases is not there");
  }

  @Test
  void an_unknown_release_is_refused_with_those_that_are_there() {
    assertThatThrownBy(() -> bench.platform().methods(bench.named("v2"), bench.named("v7")))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("release v7")
        .hasMessageContaining("v1")
        .hasMessageContaining("v2");
  }

  @Test
  void an_excluded_release_is_refused_with_the_reason() throws Exception {
    Files.createDirectory(bench.base.resolve("releases/v3"));

    assertThatThrownBy(() -> bench.platform().methods(bench.named("v2"), bench.named("v3")))
        .hasMessageContaining("is empty");
  }

  @Test
  void a_release_that_this_user_cannot_read_is_excluded() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to be another user");
    Path v3 = bench.release("v3");
    Files.setPosixFilePermissions(v3, PosixFilePermissions.fromString("rwx------"));
    everybodyMayEnter();

    String seen = asNobody("look");

    assertThat(seen)
        .contains("v3: cannot be read: permission denied")
        .contains("v1")
        .contains("v2");
  }

  @Test
  void a_folder_this_user_cannot_write_is_refused_and_nothing_changes() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root, to be another user");
    everybodyMayEnter();

    String said = asNobody("switch");

    assertThat(said).contains("Refused").contains("may not be accessed by this user");
    assertThat(Files.readSymbolicLink(bench.current())).isEqualTo(Path.of("releases/v2"));
  }

  private void everybodyMayEnter() throws Exception {
    for (Path folder : List.of(dir, bench.base)) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /// As a user who may read little and write nothing here.
  private String asNobody(String what) throws Exception {
    Path copy = readableClasses();
    Argv.End end =
        Argv.of(
                Duration.ofSeconds(60),
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                copy.toString(),
                Nobody.class.getName(),
                bench.base.toString(),
                what)
            .run();
    assertThat(end).as(end.output()).isInstanceOf(Argv.End.Exited.class);
    return end.output();
  }

  /// The classes it needs, where everybody may read them.
  private Path readableClasses() throws Exception {
    Path copy = Files.createDirectory(dir.resolve("classes"));
    for (Class<?> some : List.of(Listing.class, Nobody.class)) {
      Path from = Path.of(some.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (String room : List.of("dev/lastgood/model", "dev/lastgood/provider")) {
        copy(from, room, copy);
      }
    }
    return copy;
  }

  private static void copy(Path from, String room, Path to) throws Exception {
    if (!Files.isDirectory(from.resolve(room))) {
      return;
    }
    try (Stream<Path> classes = Files.walk(from.resolve(room))) {
      for (Path one : classes.filter(p -> p.toString().endsWith(".class")).toList()) {
        Path copy = to.resolve(from.relativize(one));
        Files.createDirectories(java.util.Objects.requireNonNull(copy.getParent()));
        Files.write(copy, Files.readAllBytes(one));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
      }
    }
  }

  /// Looks or switches, and prints what came of it.
  static final class Nobody {
    private Nobody() {}

    public static void main(String[] args) throws Exception {
      var settings = Bench.settings(false, Optional.empty(), List.of());
      Layout layout = Layout.of(Bench.COMPONENT, settings, Path.of(args[0]));
      if (args[1].equals("look")) {
        Listing listing = Listing.of(layout, layout.look(), Optional.empty());
        listing.excluded().forEach(e -> System.out.println(e.id() + ": " + e.reason()));
        listing.entries().forEach(e -> System.out.println(e.release().id()));
      } else {
        LinkSwitch link = new LinkSwitch(layout);
        System.out.println(link.act(link.to(Release.of(Bench.COMPONENT, "v1"))));
      }
    }
  }

  private void repoint(Path target) throws Exception {
    Files.delete(bench.current());
    Files.createSymbolicLink(bench.current(), target);
  }

  private Inventory inventory() throws PlatformUnreachable {
    return bench.platform().inventory();
  }

  private List<String> ids() throws PlatformUnreachable {
    return inventory().releases().stream().map(Release::id).toList();
  }

  @Test
  void a_name_that_this_locale_cannot_spell_is_excluded_with_the_way_out() throws Exception {
    Argv.of(
            Duration.ofSeconds(20),
            "sh",
            "-c",
            "mkdir -p \"$1/$(printf 'bad\\377name')\" && touch \"$1/$(printf 'bad\\377name')/x\"",
            "sh",
            bench.base.resolve("releases").toString())
        .run();

    assertThat(inventory().excluded())
        .singleElement()
        .satisfies(e -> assertThat(e.reason()).contains("cannot be spelled in this locale"));
    assertThat(ids()).containsExactlyInAnyOrder("v1", "v2");
  }
}
