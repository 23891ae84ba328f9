package dev.lastgood.provider.envfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Keeping;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.ContentId;
import dev.lastgood.provider.local.Tmpfs;
import dev.lastgood.provider.ssh.HostsSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EnvFilePlatformTest implements PlatformContract {
  private static final String NEWER =
      "# was hunter0\nSUPABASE_URL=https://hunter1\nJWT_SECRET=\"hunter2\"\nNEW_FLAG=hunter3\n";
  private static final String OLDER =
      "SUPABASE_URL=https://hunter1\nJWT_SECRET='hunter4'\nSTRIPE_KEY=hunter5\n";

  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  private static String id(String content) {
    return ContentId.of(content.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Shop world() throws Exception {
    return new Shop(dir.resolve("w" + worlds.incrementAndGet()), hosts());
  }

  /// Where it lives; empty: on this machine.
  Optional<HostsSettings> hosts() throws Exception {
    return Optional.empty();
  }

  /// R2's `.env.production` and its backup.
  static final class Shop implements PlatformContract.World {
    final Path dir;
    final Path path;
    final Path backup;
    final Path versions;
    private final Optional<HostsSettings> hosts;

    Shop(Path dir, Optional<HostsSettings> hosts) throws IOException {
      this.dir = dir;
      this.hosts = hosts;
      path = dir.resolve("www/.env.production");
      backup = dir.resolve("backups/.env.production.backup");
      versions = dir.resolve("versions");
      Files.createDirectories(path.getParent());
      Files.createDirectories(backup.getParent());
      Files.createDirectories(dir.resolve("state"));
      Files.writeString(path, NEWER);
      Files.writeString(backup, OLDER);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
    }

    @Override
    public Platform platform() {
      return platform(List.of("SUPABASE_URL", "JWT_SECRET"));
    }

    Platform platform(List<String> required) {
      return new EnvFileKind()
          .open(
              "config",
              new EnvFileSettings(
                  path, Optional.of(versions), required, List.of(backup), Optional.empty(), hosts),
              new Surroundings(dir, dir.resolve("state"), InstantSource.fixed(Instant.EPOCH)));
    }

    List<Act> acts(String from, String to) throws PlatformUnreachable {
      return platform()
          .methods(Release.of("config", id(from)), Release.of("config", id(to)))
          .getFirst()
          .legs()
          .stream()
          .map(Act.class::cast)
          .toList();
    }

    Outcome walk(String from, String to) throws PlatformUnreachable {
      Outcome last = new Outcome.Refused("no act");
      for (Act act : acts(from, to)) {
        last = platform().act(act, "key");
      }
      return last;
    }

    @Override
    public String live() {
      return id(NEWER);
    }

    @Override
    public String older() {
      return id(OLDER);
    }

    @Override
    public String snapshot() throws IOException {
      var all = new StringBuilder();
      try (Stream<Path> files = Files.walk(dir)) {
        for (Path file : files.sorted().toList()) {
          all.append('\n').append(file);
          if (Files.isRegularFile(file) && !file.toString().endsWith(".lock")) {
            all.append(' ')
                .append(Files.getAttribute(file, "unix:ino"))
                .append(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .append(Files.readString(file));
          }
        }
      }
      return all.toString().replaceAll("\n[^\n]*\\.lock", "");
    }

    @Override
    public void remove(String id) throws IOException {
      try (Stream<Path> files = Files.walk(dir)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          if (ContentId.of(Files.readAllBytes(file)).equals(id)) {
            Files.delete(file);
          }
        }
      }
    }

    @Override
    public List<String> secrets() {
      return List.of("hunter");
    }
  }

  private static String reason(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused) outcome).reason();
  }

  @Test
  void the_file_is_replaced_and_keeps_its_mode_and_the_old_one_is_kept() throws Exception {
    try (Shop shop = world()) {
      assertThat(shop.walk(NEWER, OLDER)).isInstanceOf(Outcome.Done.class);

      assertThat(shop.path).hasContent(OLDER);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shop.path)))
          .isEqualTo("rw-r-----");
      assertThat(shop.walk(OLDER, NEWER)).isInstanceOf(Outcome.Done.class);
      assertThat(shop.path).hasContent(NEWER);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shop.versions)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void a_plan_says_which_variables_differ_and_no_value() throws Exception {
    try (Shop shop = world()) {
      assertThat(shop.acts(NEWER, OLDER).getLast().says())
          .endsWith(
              id(OLDER)
                  + ": adds STRIPE_KEY; removes NEW_FLAG; changes JWT_SECRET (values masked)");
      assertThat(shop.platform().inventory().towards().values())
          .containsExactly(
              "going to "
                  + id(OLDER)
                  + ": adds STRIPE_KEY; removes NEW_FLAG; changes JWT_SECRET (values masked)");
    }
  }

  @Test
  void versions_that_differ_in_spelling_only_are_told_so() throws Exception {
    try (Shop shop = world()) {
      Files.writeString(shop.backup, NEWER.replace("\"", "'"));

      assertThat(shop.platform().inventory().towards().values())
          .singleElement()
          .asString()
          .endsWith("no variable differs, only remarks, order or spelling");
    }
  }

  @Test
  void a_version_that_lacks_a_required_variable_is_no_target_and_is_refused_by_its_names()
      throws Exception {
    try (Shop shop = world()) {
      String bad = "JWT_SECRET=\nOTHER=hunter6\n";
      List<Act> acts = shop.acts(NEWER, OLDER);
      shop.platform().act(acts.getFirst(), "key");
      Files.writeString(shop.backup, bad);

      Inventory inventory = shop.platform().inventory();

      assertThat(inventory.find(id(bad))).isEmpty();
      assertThat(inventory.excluded())
          .containsExactly(
              new Inventory.Excluded(
                  id(bad), "lacks SUPABASE_URL and has nothing in JWT_SECRET (required)"));
      assertThat(
              shop.platform()
                  .methods(Release.of("config", id(NEWER)), Release.of("config", id(bad))))
          .isEmpty();
      // The settings became stricter after the plan was made.
      assertThat(reason(shop.platform(List.of("SENTRY_DSN")).act(acts.getLast(), "key")))
          .contains("lacks SENTRY_DSN (required)")
          .contains("is as it was")
          .doesNotContain("hunter");
      assertThat(shop.path).hasContent(NEWER);
    }
  }

  @Test
  void a_live_file_that_lacks_a_required_variable_is_live_and_says_so() throws Exception {
    try (Shop shop = world()) {
      Files.writeString(shop.path, "SUPABASE_URL=https://hunter1\n");

      Inventory inventory = shop.platform().inventory();

      assertThat(inventory.live()).isPresent();
      assertThat(inventory.notes()).contains(shop.path + " lacks JWT_SECRET (required)");
      assertThat(shop.walk("SUPABASE_URL=https://hunter1\n", OLDER))
          .isInstanceOf(Outcome.Done.class);
    }
  }

  @Test
  void a_file_that_was_deleted_comes_back_with_the_mode_it_had() throws Exception {
    try (Shop shop = world()) {
      shop.walk(NEWER, OLDER);
      List<Act> back = shop.acts(OLDER, NEWER);
      Files.delete(shop.path);

      for (Act act : back) {
        assertThat(shop.platform().act(act, "key")).isInstanceOf(Outcome.Done.class);
      }

      assertThat(shop.path).hasContent(NEWER);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shop.path)))
          .isEqualTo("rw-r-----");
    }
  }

  @Test
  void a_link_stays_and_its_target_is_replaced() throws Exception {
    try (Shop shop = world()) {
      Path shared = shop.dir.resolve("shared.env");
      Files.move(shop.path, shared);
      Files.createSymbolicLink(shop.path, shared);

      assertThat(shop.walk(NEWER, OLDER)).isInstanceOf(Outcome.Done.class);

      assertThat(shop.path).isSymbolicLink();
      assertThat(shared).hasContent(OLDER);
    }
  }

  @Test
  void a_file_that_was_edited_after_the_plan_is_not_replaced() throws Exception {
    try (Shop shop = world()) {
      List<Act> acts = shop.acts(NEWER, OLDER);
      shop.platform().act(acts.getFirst(), "key");
      Files.writeString(shop.path, NEWER + "BY_HAND=1\n");

      assertThat(reason(shop.platform().act(acts.getLast(), "key")))
          .contains("was changed after the plan was made");

      assertThat(shop.path).hasContent(NEWER + "BY_HAND=1\n");
    }
  }

  @Test
  void a_backup_that_was_overwritten_after_the_copy_was_kept_does_no_harm() throws Exception {
    try (Shop shop = world()) {
      List<Act> acts = shop.acts(NEWER, OLDER);
      shop.platform().act(acts.getFirst(), "key");
      Files.writeString(shop.backup, "BAD=1\n");

      assertThat(shop.platform().act(acts.getLast(), "key")).isInstanceOf(Outcome.Done.class);

      assertThat(shop.path).hasContent(OLDER);
    }
  }

  @Test
  void what_is_no_text_is_no_target() throws Exception {
    try (Shop shop = world()) {
      Files.write(shop.backup, new byte[] {'S', 'Q', 'L', 0, 1, 2});

      assertThat(shop.platform().inventory().excluded())
          .singleElement()
          .extracting(Inventory.Excluded::reason)
          .isEqualTo("is no text");
    }
  }

  @Test
  void a_huge_file_is_no_version() throws Exception {
    try (Shop shop = world()) {
      Files.write(shop.backup, new byte[(1 << 20) + 1]);

      assertThat(shop.platform().inventory().excluded())
          .singleElement()
          .extracting(Inventory.Excluded::reason)
          .asString()
          .contains("larger than 1048576 bytes");

      Files.write(shop.path, new byte[(1 << 20) + 1]);
      assertThatThrownBy(shop.platform()::inventory)
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("larger than");
    }
  }

  @Test
  void a_full_disk_is_refused_and_the_file_is_as_it_was() throws Exception {
    try (Shop shop = world();
        Tmpfs disk = Tmpfs.of(shop.dir.resolve("www"), 32)) {
      Files.writeString(shop.path, NEWER);
      List<Act> acts = shop.acts(NEWER, OLDER);
      shop.platform().act(acts.getFirst(), "key");
      disk.fill();

      assertThat(reason(shop.platform().act(acts.getLast(), "key")))
          .contains("No space left on device")
          .contains("is as it was");

      assertThat(shop.path).hasContent(NEWER);
      assertThat(shop.path.getParent()).isDirectoryNotContaining("glob:**lastgood*");
    }
  }

  @Test
  void a_full_disk_where_copies_are_kept_stops_before_anything_is_replaced() throws Exception {
    try (Shop shop = world();
        Tmpfs disk = Tmpfs.of(shop.versions, 32)) {
      List<Act> acts = shop.acts(NEWER, OLDER);
      disk.fill();

      assertThat(reason(shop.platform().act(acts.getFirst(), "key")))
          .contains("no copy could be kept")
          .contains("No space left on device");
      assertThat(reason(shop.platform().act(acts.getLast(), "key"))).contains("keep-current");

      assertThat(shop.path).hasContent(NEWER);
    }
  }

  @Test
  void a_folder_that_takes_no_writing_is_refused() throws Exception {
    try (Shop shop = world();
        Tmpfs disk = Tmpfs.of(shop.dir.resolve("www"), 64)) {
      Files.writeString(shop.path, NEWER);
      List<Act> acts = shop.acts(NEWER, OLDER);
      shop.platform().act(acts.getFirst(), "key");
      disk.readOnly();

      assertThat(reason(shop.platform().act(acts.getLast(), "key")))
          .contains("Read-only file system");

      assertThat(shop.path).hasContent(NEWER);
    }
  }

  @Test
  void the_evidence_shows_names_and_emptiness_and_nothing_else() throws Exception {
    try (Shop shop = world()) {
      String odd = NEWER + "EMPTY=\nEMPTY=''\nsk_live_hunter7\n";
      Files.writeString(shop.path, odd);

      var shown = ((Capturable) shop.platform()).capture(Release.of("config", id(odd))).getFirst();

      assertThat(shown.name()).isEqualTo("config-" + id(odd) + ".env");
      assertThat(shown.text())
          .isEqualTo(
              """
              SUPABASE_URL=•••
              JWT_SECRET=•••
              NEW_FLAG=•••
              EMPTY=
              # EMPTY stands there twice, at last in line 6; the last one counts
              # line 7 is not NAME=value
              """);
    }
  }

  @Test
  void what_a_person_would_type_does_the_same() throws Exception {
    try (Shop shop = world()) {
      for (Act act : shop.acts(NEWER, OLDER)) {
        assertThat(new ProcessBuilder("sh", "-c", act.byHand()).start().waitFor()).isZero();
        assertThat(shop.platform().look(act).seen()).isNotBlank();
        assertThat(shop.platform().look(act)).isInstanceOf(dev.lastgood.provider.Sight.Holds.class);
      }
      assertThat(shop.path).hasContent(OLDER);
    }
  }

  @Test
  void a_required_variable_that_can_be_none_is_a_bad_setting() throws Exception {
    try (Shop shop = world()) {
      assertThatThrownBy(() -> shop.platform(List.of("JWT SECRET")))
          .isInstanceOf(BadSettings.class)
          .hasMessageContaining("JWT SECRET");
    }
  }

  @Test
  void what_is_live_is_kept_before_a_deploy_writes_over_it() throws Exception {
    Shop shop = world();
    Files.delete(shop.backup);
    assertThat(((Keeping) shop.platform()).keep().ids()).containsExactly(id(NEWER));
    assertThat(((Keeping) shop.platform()).keep().ids()).isEmpty();

    Files.writeString(shop.path, OLDER);

    assertThat(shop.platform().inventory().releases())
        .extracting(Release::id)
        .containsExactly(id(OLDER), id(NEWER));
  }
}
