package dev.lastgood.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Capturable.Exhibit;
import dev.lastgood.run.RunId;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of a failed release, and how.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class BundleTest {
  private static final RunId RUN = new RunId("20261121-0312-k7");
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir private Path state;

  private Bundle bundle(long limit, Secret... secrets) {
    return new Bundle(
        state.resolve("evidence"), InstantSource.fixed(NOON), List.of(secrets), limit);
  }

  private Bundle bundle(Secret... secrets) {
    return bundle(Bundle.USUAL_LIMIT, secrets);
  }

  private Path file(String name) {
    return state.resolve("evidence").resolve(RUN.value()).resolve(name);
  }

  private static Exhibit exhibit(String name, String text) {
    return new Exhibit(name, "/var/log/" + name, text);
  }

  @Test
  void what_is_kept_can_be_read_again() throws IOException {
    var kept = bundle().keep(RUN, List.of(exhibit("backend-v2.log", "out of memory\n")));

    assertThat(kept.names()).containsExactly("backend-v2.log");
    assertThat(kept.troubles()).isEmpty();
    assertThat(bundle().kept(RUN)).containsExactly("backend-v2.log");
    assertThat(bundle().read(RUN, "backend-v2.log")).isEqualTo("out of memory\n");
    assertThat(bundle().verify(RUN)).isEmpty();
    assertThat(bundle().index(RUN).pieces())
        .containsExactly(
            new Index.Piece(
                "backend-v2.log",
                "backend-v2.log",
                "/var/log/backend-v2.log",
                14,
                "fe08fc094ba48302e6652d45ea52618b1a4d1ed5be323a163836662ff70317c7",
                NOON,
                true));
  }

  @Test
  void nothing_is_kept_of_a_run_nobody_knows() {
    assertThat(bundle().kept(RUN)).isEmpty();
    assertThat(bundle().verify(RUN)).isEmpty();
    assertThat(bundle().seal(RUN)).isEmpty();
    assertThatThrownBy(() -> bundle().read(RUN, "x.log"))
        .hasMessage("run 20261121-0312-k7 has no exhibit x.log");
  }

  @Test
  void nobody_else_may_read_it() throws IOException {
    var _ = bundle().keep(RUN, List.of(exhibit("a.log", "x")));
    for (Path folder : List.of(state.resolve("evidence"), file(""))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
          .isEqualTo("rwx------");
    }
    for (String name : List.of("a.log", "index.json")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(name))))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void a_second_exhibit_of_a_name_gets_a_number_and_overwrites_nothing() throws IOException {
    var _ = bundle().keep(RUN, List.of(exhibit("a.log", "first")));
    assertThat(bundle().keep(RUN, List.of(exhibit("a.log", "second"))).names())
        .containsExactly("a-2.log");
    assertThat(bundle().read(RUN, "a.log")).isEqualTo("first");
    assertThat(bundle().read(RUN, "a-2.log")).isEqualTo("second");
  }

  @Test
  void a_step_that_is_done_again_keeps_the_same_exhibit_once() {
    var exhibit = exhibit("a.log", "same");
    var _ = bundle().keep(RUN, List.of(exhibit));
    assertThat(bundle().keep(RUN, List.of(exhibit)).names()).containsExactly("a.log");
    assertThat(bundle().kept(RUN)).containsExactly("a.log");
  }

  @Test
  void a_file_that_is_in_the_way_is_not_touched() throws IOException {
    var _ = bundle().keep(RUN, List.of(exhibit("a.log", "x")));
    Files.writeString(file("b.log"), "by hand");
    Files.createSymbolicLink(file("c.log"), state.resolve("elsewhere"));
    assertThat(bundle().keep(RUN, List.of(exhibit("b.log", "y"), exhibit("c.log", "z"))).names())
        .containsExactly("b-2.log", "c-2.log");
    assertThat(Files.readString(file("b.log"))).isEqualTo("by hand");
    assertThat(state.resolve("elsewhere")).doesNotExist();
  }

  @Test
  void a_hostile_name_stays_in_its_folder() {
    var names =
        bundle()
            .keep(
                RUN,
                List.of(
                    exhibit("../../../etc/passwd", "1"),
                    exhibit("/etc/passwd", "2"),
                    exhibit("..", "3"),
                    exhibit("", "4"),
                    exhibit("index.json", "5"),
                    exhibit(".hidden", "6"),
                    exhibit("a\u0000b\nc\u202e.log", "7"),
                    exhibit("x".repeat(400) + ".log", "8")))
            .names();
    assertThat(names)
        .containsExactly(
            "etc-passwd",
            "etc-passwd-2",
            "exhibit-",
            "exhibit--2",
            "exhibit-index.json",
            "hidden",
            "a-b-c-.log",
            "x".repeat(80) + "-" + "x".repeat(15) + ".log");
    assertThat(state.resolve("evidence")).isDirectoryNotContaining(p -> !p.equals(file("")));
    assertThat(bundle().verify(RUN)).isEmpty();
  }

  @Test
  void beyond_the_limit_the_newest_part_is_kept_and_it_is_said() throws IOException {
    String log = "old ".repeat(1000) + "the end";
    var kept = bundle(1000).keep(RUN, List.of(exhibit("a.log", log), exhibit("b.log", "more")));
    assertThat(kept.names()).containsExactly("a.log");
    assertThat(kept.troubles())
        .containsExactly(
            "a.log is kept in part: the evidence of this run has reached its limit",
            "b.log is not kept: the evidence of this run has reached its limit");
    assertThat(Files.size(file("a.log"))).isEqualTo(1000);
    assertThat(bundle().read(RUN, "a.log"))
        .startsWith("[the older 3007 bytes or more are left out]\n")
        .endsWith("old the end");
  }

  @Test
  void a_text_is_not_cut_within_a_character() throws IOException {
    var _ = bundle(300).keep(RUN, List.of(exhibit("a.log", "€".repeat(1000))));
    assertThat(bundle().read(RUN, "a.log")).doesNotContain("\ufffd").endsWith("€€€");
  }

  @Test
  void known_secrets_are_hidden_in_every_form_before_the_text_is_cut() throws IOException {
    var secret = new Secret("${env:TOKEN}", () -> "pa\"ss/wörd&1");
    var _ =
        bundle(secret)
            .keep(
                RUN,
                List.of(
                    exhibit(
                        "a.log",
                        """
                        plain pa"ss/wörd&1
                        json {"x": "pa\\"ss\\/wörd&1"}
                        url ?q=pa%22ss%2Fw%C3%B6rd%261&x
                        base64 cGEic3Mvd8O2cmQmMQ==
                        """)));
    assertThat(bundle().read(RUN, "a.log"))
        .isEqualTo(
            """
            plain •••
            json {"x": "•••"}
            url ?q=•••&x
            base64 •••
            """);
  }

  @Test
  void secrets_are_hidden_by_their_looks_too() throws IOException {
    var _ =
        bundle()
            .keep(
                RUN,
                List.of(
                    exhibit(
                        "a.env",
                        """
                        DB_PASSWORD=hunter2 PORT=8081
                        "apiKey": "abc\\"def", "api_key": 'x y', "port": 80
                        Authorization: Basic YWRhOmh1bnRlcjI=
                        curl -H 'authorization: Bearer abc' x
                        url=postgres://ada:hunter2@db.example/shop
                        sent Bearer eyJhbGciOi.x.y to it
                        -----BEGIN RSA PRIVATE KEY-----
                        Proc-Type: 4,ENCRYPTED
                        MIIEow
                        -----END RSA PRIVATE KEY-----
                        GET /reset?token=abc&user=7 200
                        """)));
    assertThat(bundle().read(RUN, "a.env"))
        .isEqualTo(
            """
            DB_PASSWORD=••• PORT=8081
            "apiKey": •••, "api_key": •••, "port": 80
            Authorization: •••
            curl -H 'authorization: •••
            url=postgres://ada:•••@db.example/shop
            sent Bearer ••• to it
            -----BEGIN RSA PRIVATE KEY-----•••-----END RSA PRIVATE KEY-----
            GET /reset?token=•••&user=7 200
            """);
  }

  @Test
  void a_hostile_log_is_searched_in_time() {
    for (String evil :
        List.of(
            "a".repeat(2_000_000),
            "password".repeat(200_000),
            "-----BEGIN PRIVATE KEY-----".repeat(50_000),
            "://a:".repeat(300_000),
            "password=\"" + "\\\"".repeat(500_000),
            "token" + " ".repeat(1_000_000),
            "basic ".repeat(300_000))) {
      assertThat(SecretShapes.hide(evil)).isNotNull();
    }
  }

  @Test
  void a_changed_exhibit_is_noticed() throws IOException {
    var _ = bundle().keep(RUN, List.of(exhibit("a.log", "sick"), exhibit("b.log", "b")));
    Files.writeString(file("a.log"), "fine");
    Files.delete(file("b.log"));
    Files.writeString(file("c.log"), "planted");
    assertThat(bundle().verify(RUN))
        .containsExactly(
            "a.log was changed after it was kept",
            "b.log is gone",
            "c.log is not in the index: put there by hand, or Lastgood was stopped while it kept"
                + " it");
    assertThatThrownBy(() -> bundle().read(RUN, "a.log"))
        .hasMessage("a.log was changed after it was kept");
  }

  @Test
  void a_changed_index_has_another_seal() throws IOException {
    var _ = bundle().keep(RUN, List.of(exhibit("a.log", "x")));
    var seal = bundle().seal(RUN);
    assertThat(seal).isPresent().isEqualTo(bundle().seal(RUN));
    Files.writeString(file("index.json"), Files.readString(file("index.json")) + " ");
    assertThat(bundle().seal(RUN)).isPresent().isNotEqualTo(seal);
  }

  @Test
  void an_index_that_leads_elsewhere_is_not_followed() throws IOException {
    Files.writeString(state.resolve("outside"), "x");
    var _ = bundle().keep(RUN, List.of(exhibit("a.log", "x")));
    String index = Files.readString(file("index.json"));
    Files.writeString(file("index.json"), index.replace("\"a.log\"", "\"../../outside\""));
    assertThatThrownBy(() -> bundle().read(RUN, "../../outside"))
        .hasMessage("the index names a file that is none of ours: ../../outside");
  }

  @Test
  void a_damaged_index_is_said_and_nothing_is_overwritten() throws IOException {
    var _ = bundle().keep(RUN, List.of(exhibit("a.log", "x")));
    for (String damage :
        List.of(
            "",
            "{",
            "null",
            "[]",
            "{\"schema\":1}",
            "{\"schema\":9,\"pieces\":[]}",
            "{\"schema\":1,\"pieces\":[{}]}",
            "{\"schema\":1,\"pieces\":[null]}")) {
      Files.writeString(file("index.json"), damage);
      assertThat(bundle().verify(RUN)).as(damage).hasSize(1).first().asString().contains("index");
      assertThat(bundle().keep(RUN, List.of(exhibit("b.log", "y"))).troubles())
          .as(damage)
          .hasSize(1);
      assertThat(Files.readString(file("index.json"))).isEqualTo(damage);
    }
  }

  @Test
  void a_folder_that_cannot_be_used_is_said_and_ends_nothing() throws IOException {
    Files.writeString(state.resolve("evidence"), "a file in the way");
    var kept = bundle().keep(RUN, List.of(exhibit("a.log", "x")));
    assertThat(kept.names()).isEmpty();
    assertThat(kept.troubles())
        .hasSize(1)
        .first()
        .asString()
        .startsWith("nothing could be kept in ");
    assertThat(kept.lines()).isEqualTo(kept.troubles());
  }

  @Test
  void a_full_disk_is_named() {
    assertThat(Disk.words(new FileSystemException("/x", null, "No space left on device")))
        .isEqualTo("the disk is full; make room in the state folder");
    assertThat(Disk.words(new IOException("No space left on device")))
        .isEqualTo("the disk is full; make room in the state folder");
  }

  @Test
  void capturing_has_a_time_limit_and_says_so() {
    var v2 = Release.of("backend", "v2");
    var exhibits =
        Capture.of(
            _ -> {
              try {
                Thread.sleep(Duration.ofMinutes(5));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return List.of();
            },
            v2,
            Duration.ofMillis(50));
    assertThat(exhibits)
        .containsExactly(
            new Exhibit(
                "backend-v2-not-captured.txt",
                "Lastgood",
                "Logs and configuration of backend v2 could not be had: the platform did not show"
                    + " it within 50ms.\n"));
  }

  @Test
  void a_platform_that_breaks_while_capturing_is_an_exhibit_too() {
    var exhibits =
        Capture.of(
            _ -> {
              throw new IllegalStateException("s3cret");
            },
            Release.of("backend", "v2"),
            Duration.ofSeconds(20));
    assertThat(exhibits.getFirst().text())
        .contains("a defect of its adapter: IllegalStateException")
        .doesNotContain("s3cret");
  }

  @Test
  void captured_exhibits_come_as_they_are() {
    var log = exhibit("backend-v2.log", "x");
    assertThat(Capture.of(_ -> List.of(log), Release.of("backend", "v2"), Duration.ofSeconds(20)))
        .containsExactly(log);
  }
}
