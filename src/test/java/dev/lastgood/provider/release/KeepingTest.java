package dev.lastgood.provider.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Capturable.Exhibit;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.FileProxySettings;
import dev.lastgood.provider.local.ProcessServiceSettings;
import dev.lastgood.provider.local.ProxySettings;
import dev.lastgood.provider.local.ServiceSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of releases: their folders, their digest, their logs.
@DisplayNameGeneration(ReplaceUnderscores.class)
class KeepingTest {
  @TempDir Path dir;
  private Bench bench;

  @BeforeEach
  void two_releases() throws Exception {
    bench = Bench.ofFiles(dir);
  }

  // ---- retention

  @Test
  void nothing_is_removed_when_no_number_is_set() throws Exception {
    bench.release("v3");

    assertThat(bench.platform().prune(Set.of())).isEmpty();
    assertThat(ids()).hasSize(3);
  }

  @Test
  void the_oldest_go_but_never_the_live_one_nor_a_kept_one() throws Exception {
    for (String id : List.of("v3", "v4", "v5", "v6")) {
      bench.release(id);
    }
    bench.with(Bench.settings(false, Optional.of(2), List.of()));

    assertThat(bench.platform().prune(Set.of("v1"))).containsExactly("v4", "v3");

    assertThat(ids()).containsExactly("v6", "v5", "v2", "v1");
  }

  @Test
  void a_removal_follows_no_link_and_takes_what_nobody_may_write() throws Exception {
    Path outside = Files.writeString(dir.resolve("precious"), "stays");
    Path folder = Files.createDirectory(bench.base.resolve("releases/v1/locked"));
    Files.createSymbolicLink(folder.resolve("link"), outside);
    Files.createSymbolicLink(folder.resolve("folder-link"), dir);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    bench.release("v3");
    bench.release("v4");
    bench.with(Bench.settings(false, Optional.of(2), List.of()));

    assertThat(bench.platform().prune(Set.of())).containsExactly("v1");

    assertThat(outside).hasContent("stays");
    assertThat(bench.base.resolve("releases/v1")).doesNotExist();
  }

  @Test
  void what_a_cut_off_removal_left_is_no_release_and_goes_the_next_time() throws Exception {
    Path left = bench.base.resolve("releases/.lastgood-removed-v0");
    Files.createDirectories(left.resolve("x"));
    assertThat(ids()).doesNotContain("v0");
    bench.with(Bench.settings(false, Optional.of(2), List.of()));

    assertThat(bench.platform().prune(Set.of())).isEmpty();

    assertThat(left).doesNotExist();
  }

  // ---- fingerprints

  @Test
  void a_copy_has_the_same_fingerprint_under_another_name() throws Exception {
    Path copy = Files.createDirectory(bench.base.resolve("releases/copy-of-v1"));
    Files.writeString(copy.resolve("app.txt"), "app of v1");
    Files.writeString(copy.resolve(".hidden"), "dot file of v1");

    assertThat(print("copy-of-v1")).isEqualTo(print("v1")).startsWith("sha256:");
  }

  @Test
  void names_modes_bytes_and_links_all_count() throws Exception {
    Path v1 = bench.base.resolve("releases/v1");
    String first = print("v1");
    Files.writeString(v1.resolve("app.txt"), "app of vX");
    String bytes = print("v1");
    Files.setPosixFilePermissions(
        v1.resolve("app.txt"), PosixFilePermissions.fromString("rwxrwxrwx"));
    String mode = print("v1");
    Files.move(v1.resolve("app.txt"), v1.resolve("apq.txt"));
    String name = print("v1");
    Files.createSymbolicLink(v1.resolve("link"), Path.of("apq.txt"));
    String link = print("v1");
    Files.createDirectory(v1.resolve("empty"));
    String folder = print("v1");

    assertThat(List.of(first, bytes, mode, name, link, folder)).doesNotHaveDuplicates();
  }

  @Test
  void a_release_that_is_gone_has_no_fingerprint_and_is_named() throws Exception {
    bench.remove("v1");

    assertThatThrownBy(() -> print("v1"))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("release v1 cannot be read");
  }

  // ---- evidence

  @Test
  void the_newest_part_of_each_log_is_kept_under_a_plain_name() throws Exception {
    Path logs = Files.createDirectories(bench.base.resolve("shared/log"));
    Files.writeString(logs.resolve("web server.log"), "x".repeat(300 * 1024) + "the end");
    Files.writeString(logs.resolve("worker.log"), "worked");
    Files.writeString(logs.resolve("other.txt"), "no log");
    Files.createDirectories(bench.base.resolve("releases/v2/tmp"));
    Files.writeString(bench.base.resolve("releases/v2/tmp/own.log"), "of v2");
    bench.with(
        Bench.settings(
            false,
            Optional.empty(),
            List.of("shared/log/*.log", "{release}/tmp/own.log", "gone/*.log")));

    List<Exhibit> exhibits = bench.platform().capture(bench.named("v2"));

    assertThat(exhibits)
        .extracting(Exhibit::name)
        .containsExactlyInAnyOrder(
            "backend-v2-web_server.log",
            "backend-v2-worker.log",
            "backend-v2-own.log",
            "backend-v2-missing.txt");
    assertThat(exhibits)
        .filteredOn(e -> e.name().contains("web"))
        .singleElement()
        .satisfies(e -> assertThat(e.text()).hasSize(256 * 1024).endsWith("the end"));
    assertThat(exhibits)
        .filteredOn(e -> e.name().contains("missing"))
        .singleElement()
        .satisfies(e -> assertThat(e.text()).contains("gone/*.log: no file matches"));
  }

  @Test
  void the_output_of_the_process_is_kept_without_its_secrets() throws Exception {
    var service =
        new ProcessServiceSettings(
            List.of("sh", "-c", "echo connecting with $TOKEN; sleep 300"),
            Map.of(),
            Map.of("TOKEN", new Secret("${env:TOKEN}", () -> "hunter2hunter2")),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    try (var running = new Bench(dir, Optional.of(service), false)) {
      assertThat(running.platform().capture(running.named("v2")))
          .singleElement()
          .satisfies(e -> assertThat(e.text()).isEqualTo("connecting with ***\n"));
      assertThat(running.platform().methods(running.named("v2"), running.named("v1")).toString())
          .contains("${env:TOKEN}")
          .doesNotContain("hunter2");
    }
  }

  // ---- settings

  @Test
  void settings_that_contradict_each_other_are_said_with_their_key() {
    bad("keep", Optional.of(1), Optional.empty(), Optional.empty());
    bad("proxy", Optional.empty(), Optional.empty(), Optional.of(proxy("{address}")));
    bad("service.run", Optional.empty(), Optional.of(service(List.of(), 1)), Optional.empty());
    bad(
        "service.ports",
        Optional.empty(),
        Optional.of(service(List.of("x"), 0)),
        Optional.of(proxy("{address}")));
    bad(
        "proxy.template",
        Optional.empty(),
        Optional.of(service(List.of("x"), 1)),
        Optional.of(proxy("no place")));
  }

  private void bad(
      String key,
      Optional<Integer> keep,
      Optional<ServiceSettings> service,
      Optional<ProxySettings> proxy) {
    var settings =
        new ReleaseDirectorySettings(
            Path.of("."),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            keep,
            Optional.empty(),
            List.of(),
            service,
            proxy,
            Optional.empty(),
            Optional.empty());
    var surroundings = new Surroundings(dir, dir, InstantSource.fixed(Instant.EPOCH));

    assertThatThrownBy(
            () -> new ReleaseDirectoryKind().open(Bench.COMPONENT, settings, surroundings))
        .isInstanceOfSatisfying(BadSettings.class, b -> assertThat(b.key()).isEqualTo(key));
  }

  private static ProxySettings proxy(String template) {
    return new FileProxySettings(
        Path.of("route"), template, List.of(), List.of(), Optional.empty());
  }

  private static ServiceSettings service(List<String> run, int ports) {
    return new ProcessServiceSettings(
        run,
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        ports == 0 ? List.of() : List.of(8081),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private String print(String id) throws PlatformUnreachable {
    return bench.platform().fingerprint(bench.named(id));
  }

  private List<String> ids() throws PlatformUnreachable {
    return bench.platform().inventory().releases().stream().map(Release::id).toList();
  }
}
