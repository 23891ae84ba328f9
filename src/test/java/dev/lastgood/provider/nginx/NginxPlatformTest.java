package dev.lastgood.provider.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Retention;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.ContentId;
import dev.lastgood.provider.local.RealNginx;
import dev.lastgood.provider.local.Until;
import dev.lastgood.provider.ssh.HostsSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On a real nginx, each test with its own.
@DisplayNameGeneration(ReplaceUnderscores.class)
class NginxPlatformTest implements PlatformContract {
  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public World world() throws Exception {
    return new Site(dir.resolve("w" + worlds.incrementAndGet()), hosts());
  }

  /// Where it lives; empty: on this machine.
  Optional<HostsSettings> hosts() throws Exception {
    return Optional.empty();
  }

  private static String id(String content) {
    return ContentId.of(content.getBytes(StandardCharsets.UTF_8));
  }

  /// An nginx with one site, whose newer version is live and whose older one is a backup, as R2's
  /// `/var/backups/nginx/ace-crm.conf.backup`.
  private static final class Site implements World {
    final Path dir;
    final RealNginx nginx;
    final Path path;
    final Path backup;
    final Path versions;
    final String newer;
    final String older;
    private final Optional<HostsSettings> hosts;

    Site(Path dir, Optional<HostsSettings> hosts) throws Exception {
      this.dir = dir;
      this.hosts = hosts;
      nginx = RealNginx.in(dir.resolve("nginx"));
      path = nginx.site();
      backup = dir.resolve("backups/ace-crm.conf.backup");
      versions = dir.resolve("versions");
      newer = says("newer");
      older = says("older");
      Files.createDirectories(backup.getParent());
      Files.createDirectories(dir.resolve("state"));
      Files.writeString(path, newer);
      Files.writeString(backup, older);
      Files.setLastModifiedTime(backup, FileTime.from(Instant.parse("2026-11-01T10:00:00Z")));
      nginx.start();
    }

    String says(String word) {
      return "server {\n  listen 127.0.0.1:"
          + nginx.port()
          + ";\n  proxy_set_header Authorization \"Bearer hunter2-"
          + word
          + "\"; # was hunter1\n  location / { return 200 "
          + word
          + "; }\n}\n";
    }

    String served() throws IOException {
      URI url = URI.create("http://127.0.0.1:" + nginx.port() + "/");
      try (InputStream body = url.toURL().openStream()) {
        return new String(body.readAllBytes(), StandardCharsets.UTF_8);
      }
    }

    NginxSettings settings(List<String> start, Optional<Integer> keep) {
      return new NginxSettings(
          path,
          Optional.of(versions),
          List.of(backup),
          keep,
          Optional.of(nginx.config()),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          start,
          Optional.empty(),
          hosts);
    }

    @Override
    public Platform platform() {
      return platform(List.of());
    }

    Platform platform(List<String> start) {
      return new NginxKind().open("web", settings(start, Optional.of(2)), here());
    }

    Surroundings here() {
      return new Surroundings(dir, dir.resolve("state"), InstantSource.system());
    }

    Release live(String content) {
      return Release.of("web", id(content));
    }

    List<Act> acts(String from, String to) throws PlatformUnreachable {
      return platform().methods(live(from), live(to)).getFirst().legs().stream()
          .map(Act.class::cast)
          .toList();
    }

    /// All acts of the way, one after the other; the last outcome.
    Outcome walk(Platform platform, String from, String to) throws PlatformUnreachable {
      Outcome last = new Outcome.Refused("no act");
      for (Act act : acts(from, to)) {
        last = platform.act(act, "key");
      }
      return last;
    }

    @Override
    public String live() {
      return id(newer);
    }

    @Override
    public String older() {
      return id(older);
    }

    @Override
    public String snapshot() throws IOException {
      var all = new StringBuilder("workers of " + nginx.pid() + ": ");
      ProcessHandle.of(nginx.pid())
          .ifPresent(m -> all.append(m.children().map(ProcessHandle::pid).sorted().toList()));
      try (Stream<Path> files = Files.walk(dir)) {
        for (Path file : files.sorted().toList()) {
          all.append('\n').append(file);
          if (Files.isRegularFile(file) && !file.toString().endsWith(".log")) {
            all.append(' ')
                .append(Files.getAttribute(file, "unix:ino"))
                .append(' ')
                .append(Files.readString(file));
          }
        }
      }
      return all.toString();
    }

    @Override
    public void remove(String id) throws IOException {
      for (Path each : List.of(backup, versions)) {
        if (Files.isRegularFile(each) && ContentId.of(Files.readAllBytes(each)).equals(id)) {
          Files.delete(each);
        } else if (Files.isDirectory(each)) {
          for (Path copy : filesOf(each)) {
            if (copy.toString().endsWith(id)) {
              Files.delete(copy);
            }
          }
        }
      }
    }

    @Override
    public List<String> secrets() {
      return List.of("hunter2", "hunter1");
    }

    @Override
    public void close() {
      nginx.close();
    }
  }

  private static List<Path> filesOf(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private Site site() throws Exception {
    return new Site(dir.resolve("w" + worlds.incrementAndGet()), hosts());
  }

  private static String reason(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused) outcome).reason();
  }

  @Test
  void the_older_configuration_serves_after_the_switch_and_both_are_kept() throws Exception {
    try (Site site = site()) {
      Outcome outcome = site.walk(site.platform(), site.newer, site.older);

      assertThat(outcome).isInstanceOf(Outcome.Done.class);
      assertThat(site.served()).isEqualTo("older");
      assertThat(site.path).hasContent(site.older);
      assertThat(filesOf(site.versions))
          .extracting(f -> f.getFileName().toString().replaceFirst("^\\d{8}T\\d{6}Z-", ""))
          .containsExactlyInAnyOrder(id(site.newer), id(site.older));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(site.versions)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void an_adopted_backup_is_a_release_with_the_time_of_its_file() throws Exception {
    try (Site site = site()) {
      Inventory inventory = site.platform().inventory();

      assertThat(inventory.releases())
          .extracting(Release::id)
          .containsExactly(site.live(), site.older());
      assertThat(inventory.releases().getLast().since())
          .contains(Instant.parse("2026-11-01T10:00:00Z"));
      assertThat(inventory.notes()).isEmpty();
      assertThat(site.versions).doesNotExist();
    }
  }

  @Test
  void a_backup_that_is_not_there_is_excluded_with_the_reason() throws Exception {
    try (Site site = site()) {
      Files.delete(site.backup);

      Inventory inventory = site.platform().inventory();

      assertThat(inventory.releases()).hasSize(1);
      assertThat(inventory.excluded())
          .containsExactly(
              new Inventory.Excluded(site.backup.toString(), site.backup + " is not there"));
    }
  }

  /// R2 copies a whole `nginx.conf` over the file of a site and does not test it.
  @Test
  void a_full_configuration_in_the_place_of_a_site_is_refused_in_nginx_own_words()
      throws Exception {
    try (Site site = site()) {
      String full = Files.readString(site.nginx.config());
      Files.writeString(site.backup, full);

      String reason = reason(site.walk(site.platform(), site.newer, full));

      assertThat(reason)
          .contains("directive is not allowed here in " + site.path)
          .contains("is as it was");
      assertThat(site.path).hasContent(site.newer);
      assertThat(site.served()).isEqualTo("newer");
    }
  }

  @Test
  void after_a_refusal_the_file_is_the_same_inode_and_nothing_is_beside_it() throws Exception {
    try (Site site = site()) {
      String broken = "server { listen 127.0.0.1:" + site.nginx.port() + "; nonsense; }\n";
      Files.writeString(site.backup, broken);
      Object inode = Files.getAttribute(site.path, "unix:ino");

      assertThat(reason(site.walk(site.platform(), site.newer, broken)))
          .contains("unknown directive \"nonsense\"");

      assertThat(Files.getAttribute(site.path, "unix:ino")).isEqualTo(inode);
      assertThat(filesOf(site.dir.resolve("nginx")))
          .noneMatch(f -> f.getFileName().toString().contains("lastgood-before"));
    }
  }

  @Test
  void a_link_from_sites_enabled_stays_and_its_target_is_replaced() throws Exception {
    try (Site site = site()) {
      Path real = site.dir.resolve("sites-available-web");
      Files.move(site.path, real);
      Files.createSymbolicLink(site.path, real);

      assertThat(site.walk(site.platform(), site.newer, site.older))
          .isInstanceOf(Outcome.Done.class);

      assertThat(site.path).isSymbolicLink();
      assertThat(real).hasContent(site.older);
      assertThat(site.served()).isEqualTo("older");
    }
  }

  @Test
  void a_file_that_was_edited_after_the_plan_is_not_replaced() throws Exception {
    try (Site site = site()) {
      List<Act> acts = site.acts(site.newer, site.older);
      String edited = site.newer + "# by hand\n";
      site.platform().act(acts.getFirst(), "key");
      Files.writeString(site.path, edited);

      String reason = reason(site.platform().act(acts.getLast(), "key"));

      assertThat(reason).contains("was changed after the plan was made").contains("plan again");
      assertThat(site.path).hasContent(edited);
    }
  }

  @Test
  void nothing_is_replaced_before_it_is_kept() throws Exception {
    try (Site site = site()) {
      Act replace = site.acts(site.newer, site.older).getLast();

      assertThat(reason(site.platform().act(replace, "key"))).contains("keep-current");

      assertThat(site.path).hasContent(site.newer);
    }
  }

  @Test
  void a_file_that_was_edited_without_a_reload_is_noted_and_the_switch_reloads() throws Exception {
    try (Site site = site()) {
      site.nginx.writeYounger(site.path, site.older);
      assertThat(site.platform().inventory().notes().getFirst())
          .contains("older than the last change");
      assertThat(site.served()).isEqualTo("newer");
      Files.writeString(site.backup, site.newer);
      Act back = site.acts(site.newer, site.older).getLast();
      assertThat(site.platform().look(back)).isInstanceOf(Sight.NotYet.class);

      assertThat(site.walk(site.platform(), site.newer, site.older))
          .isInstanceOf(Outcome.Done.class);

      assertThat(site.platform().look(back)).isInstanceOf(Sight.Holds.class);
      assertThat(site.served()).isEqualTo("older");
    }
  }

  @Test
  void an_nginx_that_does_not_run_is_refused_with_what_to_do() throws Exception {
    try (Site site = site()) {
      List<Act> acts = site.acts(site.newer, site.older);
      site.platform().act(acts.getFirst(), "key");
      site.nginx.close();

      assertThat(reason(site.platform().act(acts.getLast(), "key")))
          .contains("nginx is not running")
          .contains("start it")
          .contains("`start`");

      assertThat(site.path).hasContent(site.newer);
      assertThat(site.platform().inventory().notes()).anyMatch(n -> n.contains("not running"));
    }
  }

  /// The bad configuration was deployed with a restart: nginx is down, and starting it fails.
  @Test
  void an_nginx_that_does_not_run_is_started_with_the_older_configuration() throws Exception {
    try (Site site = site()) {
      site.nginx.close();
      Files.writeString(site.path, "server { nonsense; }\n");
      String start = site.nginx.config().toString();

      Outcome outcome =
          site.walk(
              site.platform(List.of("/usr/sbin/nginx", "-c", start)),
              "server { nonsense; }\n",
              site.older);

      assertThat(outcome).isInstanceOf(Outcome.Done.class);
      assertThat(site.served()).isEqualTo("older");
    }
  }

  @Test
  void a_file_that_was_deleted_comes_back_with_its_mode() throws Exception {
    try (Site site = site()) {
      Files.setPosixFilePermissions(site.path, PosixFilePermissions.fromString("rw-r--r--"));
      Files.setPosixFilePermissions(site.backup, PosixFilePermissions.fromString("rw-r-----"));
      List<Act> acts = site.acts(site.newer, site.older);
      site.platform().act(acts.getFirst(), "key");
      Files.delete(site.path);
      assertThat(site.platform().inventory().live()).isEmpty();

      assertThat(site.platform().act(acts.getLast(), "key")).isInstanceOf(Outcome.Done.class);

      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(site.path)))
          .isEqualTo("rw-r-----");
      assertThat(site.served()).isEqualTo("older");
    }
  }

  @Test
  void a_kept_copy_that_was_tampered_with_is_no_version() throws Exception {
    try (Site site = site()) {
      site.platform().act(site.acts(site.newer, site.older).getFirst(), "key");
      Files.delete(site.backup);
      Path copy =
          filesOf(site.versions).stream()
              .filter(f -> f.toString().endsWith(site.older()))
              .findFirst()
              .orElseThrow();
      Files.writeString(copy, "server { listen 127.0.0.1:1; }\n");

      Inventory inventory = site.platform().inventory();

      assertThat(inventory.find(site.older())).isEmpty();
      assertThat(inventory.excluded())
          .contains(
              new Inventory.Excluded(
                  copy.getFileName().toString(), "its content is not the one it was kept with"));
    }
  }

  @Test
  void something_that_is_no_configuration_in_its_place_is_an_environment_problem()
      throws Exception {
    try (Site site = site()) {
      Files.delete(site.path);
      Files.createSymbolicLink(site.path, Path.of("/dev/zero"));

      assertThatThrownBy(site.platform()::inventory)
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("is no regular file");
    }
  }

  @Test
  void a_file_that_is_too_large_for_a_configuration_is_an_environment_problem() throws Exception {
    try (Site site = site()) {
      Files.write(site.path, new byte[(1 << 20) + 1]);

      assertThatThrownBy(site.platform()::inventory)
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("larger than");
    }
  }

  @Test
  void two_switches_to_different_versions_leave_one_of_them_live_and_serving() throws Exception {
    try (Site site = site()) {
      String third = site.says("third");
      site.walk(site.platform(), site.newer, site.older);
      Files.writeString(site.backup, third);
      List<Act> one = site.acts(site.older, site.newer);
      List<Act> two = site.acts(site.older, third);
      site.platform().act(one.getFirst(), "key");
      site.platform().act(two.getFirst(), "key");

      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Outcome>> ends =
            threads.invokeAll(
                List.of(
                    () -> site.platform().act(one.getLast(), "key"),
                    () -> site.platform().act(two.getLast(), "key")));
        for (Future<Outcome> end : ends) {
          assertThat(end.get()).isNotNull();
        }
      }

      String live = site.platform().inventory().live().orElseThrow().id();
      assertThat(site.served()).isEqualTo(live.equals(id(third)) ? "third" : "newer");
      assertThat(Set.of(id(third), id(site.newer))).contains(live);
    }
  }

  @Test
  void the_evidence_holds_the_configuration_and_the_error_log_without_secrets() throws Exception {
    try (Site site = site()) {
      Files.writeString(
          site.nginx.errorLog(), "GET /reset?token=hunter2 HTTP/1.1 upstream timed out\n");

      List<Capturable.Exhibit> exhibits =
          ((Capturable) site.platform()).capture(site.live(site.newer));

      assertThat(exhibits).hasSize(2);
      assertThat(exhibits.getFirst().name()).isEqualTo("web-" + site.live() + ".conf");
      assertThat(exhibits.getFirst().text())
          .contains("proxy_set_header Authorization •••;")
          .contains("return 200 newer;")
          .doesNotContain("hunter");
      assertThat(exhibits.getLast().text()).contains("GET /reset?•••").contains("timed out");
    }
  }

  @Test
  void nginx_own_variables_stay_readable_in_the_evidence() {
    assertThat(NginxExhibits.configured("proxy_set_header Host $host;\nset $key abc;\n"))
        .isEqualTo("proxy_set_header Host $host;\nset $key •••;\n");
  }

  @Test
  void old_versions_beyond_the_number_go_and_the_known_good_stays() throws Exception {
    try (Site site = site()) {
      String third = site.says("third");
      site.walk(site.platform(), site.newer, site.older);
      Files.writeString(site.backup, third);
      site.walk(site.platform(), site.older, third);
      Files.delete(site.backup);
      var retention = (Retention) site.platform();

      assertThat(retention.prune(Set.of(id(site.older)))).isEmpty();
      assertThat(retention.prune(Set.of())).containsExactly(id(site.older));

      assertThat(site.platform().inventory().releases())
          .extracting(Release::id)
          .containsExactlyInAnyOrder(id(third), id(site.newer));
    }
  }

  @Test
  void what_a_person_would_type_does_the_same() throws Exception {
    try (Site site = site()) {
      String typed =
          site.acts(site.newer, site.older).stream()
              .map(Act::byHand)
              .collect(Collectors.joining(" && "));

      assertThat(new ProcessBuilder("sh", "-c", typed).start().waitFor()).isZero();

      Until.holds(
          "older serves",
          () -> {
            try {
              return site.served().equals("older");
            } catch (IOException e) {
              return false;
            }
          });
      assertThat(site.platform().inventory().live().map(Release::id)).contains(site.older());
      assertThat(Files.isRegularFile(site.path, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }
  }

  private static NginxSettings versionsIn(Site site, String besideIt) {
    return new NginxSettings(
        site.path,
        Optional.of(site.path.resolveSibling(besideIt)),
        List.of(),
        Optional.empty(),
        Optional.of(site.nginx.config()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void versions_where_nginx_would_read_them_are_a_bad_setting() throws Exception {
    try (Site site = site()) {
      var inside = versionsIn(site, "kept");

      assertThatThrownBy(() -> new NginxKind().open("web", inside, site.here()))
          .isInstanceOf(BadSettings.class)
          .hasMessageContaining("choose another folder");
    }
  }

  @Test
  void versions_in_a_hidden_folder_beside_it_are_no_bad_setting() throws Exception {
    try (Site site = site()) {
      var hidden = versionsIn(site, ".lastgood/kept");

      assertThat(new NginxKind().open("web", hidden, site.here()).inventory().live()).isPresent();
    }
  }

  @Test
  void the_pid_file_is_found_wherever_the_directive_stands() throws Exception {
    try (Site site = site()) {
      Path config = site.nginx.config();
      String text = Files.readString(config);
      assertThat(text).containsPattern("(?m)^pid ");
      Files.writeString(
          config,
          text.replaceFirst("(?m)^pid ", "# pid /nowhere; pid /no;\nworker_processes 1; pid "));

      assertThat(site.platform().inventory().notes()).noneMatch(n -> n.contains("not running"));
    }
  }
}
