package dev.lastgood.provider.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Keeping;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Proof;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.ssh.HostsSettings;
import dev.lastgood.provider.ssh.RealSshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A release directory on four machines with a real sshd each, on addresses of their own; each sees
/// its own folder at the same path.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SeveralHostsTest {
  private static final Release V1 = Release.of("backend", "v1");
  private static final Release V2 = Release.of("backend", "v2");

  @TempDir Path dir;
  private final List<RealSshd> machines = new ArrayList<>();
  private Path site;

  @BeforeEach
  void start() throws Exception {
    site = Files.createDirectories(dir.resolve("site"));
    for (int i = 1; i <= 4; i++) {
      Path own = own(i);
      for (String release : List.of("v1", "v2")) {
        Files.createDirectories(own.resolve("releases/" + release));
        Files.writeString(own.resolve("releases/" + release + "/app"), release);
      }
      Files.createSymbolicLink(own.resolve("current"), Path.of("releases/v2"));
      machines.add(RealSshd.machine(dir.resolve("sshd" + i), "127.0.0." + (10 + i), own, site));
      if (i > 1) {
        machines.getLast().like(machines.getFirst());
      }
    }
    Files.createDirectories(dir.resolve("state"));
  }

  @AfterEach
  void end() {
    machines.forEach(RealSshd::close);
  }

  /// What machine number so sees at `site`.
  private Path own(int number) {
    return dir.resolve("machine" + number);
  }

  private String name(int number) {
    return machines.get(number - 1).name();
  }

  private String live(int number) throws IOException {
    return Files.readSymbolicLink(own(number).resolve("current")).getFileName().toString();
  }

  private Platform platform(Optional<String> prove) {
    HostsSettings alike =
        RealSshd.settings(
            machines,
            machines.getFirst().userKey(),
            machines.getFirst().knownHosts(),
            Optional.of(2));
    var hosts =
        new HostsSettings(
            alike.addresses(),
            Optional.empty(),
            Optional.empty(),
            alike.key(),
            alike.knownHosts(),
            alike.atOnce(),
            Optional.empty(),
            prove,
            Optional.empty(),
            Optional.empty());
    var settings =
        new ReleaseDirectorySettings(
            site,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(2),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(hosts));
    return new ReleaseDirectoryKind()
        .open(
            "backend",
            settings,
            new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
  }

  private static List<Act> acts(Platform platform, Release from, Release to)
      throws PlatformUnreachable {
    return platform.methods(from, to).getFirst().legs().stream()
        .filter(Act.class::isInstance)
        .map(Act.class::cast)
        .toList();
  }

  @Test
  void one_host_goes_first_and_the_others_follow_two_at_a_time() throws Exception {
    Platform platform = platform(Optional.empty());
    List<Act> acts = acts(platform, V2, V1);
    assertThat(acts)
        .extracting(a -> a.get("hosts"))
        .containsExactly(name(1), name(2) + " " + name(3), name(4));

    assertThat(platform.act(acts.get(0), "k")).isInstanceOf(Outcome.Done.class);
    assertThat(List.of(live(1), live(2), live(3), live(4))).containsExactly("v1", "v2", "v2", "v2");
    assertThat(platform.act(acts.get(1), "k"))
        .isInstanceOfSatisfying(
            Outcome.Done.class,
            d -> assertThat(d.receipt()).contains(name(2) + ", " + name(3) + ": "));
    assertThat(platform.act(acts.get(2), "k")).isInstanceOf(Outcome.Done.class);

    assertThat(List.of(live(1), live(2), live(3), live(4))).containsExactly("v1", "v1", "v1", "v1");
    assertThat(platform.inventory().live()).map(Release::id).contains("v1");
    assertThat(acts).allSatisfy(a -> assertThat(platform.look(a)).isInstanceOf(Sight.Holds.class));
  }

  @Test
  void each_host_is_proven_before_the_next_ones_where_it_has_an_address() throws Exception {
    Method way = platform(Optional.of("http://{host}:8080/")).methods(V2, V1).getFirst();

    assertThat(way.legs())
        .extracting(Leg::getClass)
        .extracting(Class::getSimpleName)
        .containsExactly("Act", "Proof", "Act", "Proof", "Proof", "Act", "Proof", "Proof");
    assertThat(((Proof) way.legs().get(1)).address()).contains("http://127.0.0.11:8080/");
    assertThat(((Proof) way.legs().getLast()).address()).isEmpty();
    assertThat(way.costs()).isEmpty();
    assertThat(platform(Optional.empty()).methods(V2, V1).getFirst().costs())
        .singleElement()
        .asString()
        .contains("hosts.prove is not set");
  }

  @Test
  void a_run_that_died_goes_on_with_the_hosts_that_are_left() throws Exception {
    Act second = acts(platform(Optional.empty()), V2, V1).get(1);
    Files.delete(own(2).resolve("current"));
    Files.createSymbolicLink(own(2).resolve("current"), Path.of("releases/v1"));
    var inode =
        Files.getAttribute(
            own(2).resolve("current"), "unix:ino", java.nio.file.LinkOption.NOFOLLOW_LINKS);

    Platform later = platform(Optional.empty());
    assertThat(later.look(second)).isInstanceOf(Sight.NotYet.class);
    assertThat(later.act(second, "k")).isInstanceOf(Outcome.Done.class);

    assertThat(live(3)).isEqualTo("v1");
    assertThat(
            Files.getAttribute(
                own(2).resolve("current"), "unix:ino", java.nio.file.LinkOption.NOFOLLOW_LINKS))
        .isEqualTo(inode);
  }

  @Test
  void hosts_that_differ_are_said_and_a_new_plan_brings_them_together() throws Exception {
    Platform platform = platform(Optional.empty());
    assertThat(platform.act(acts(platform, V2, V1).getFirst(), "k"))
        .isInstanceOf(Outcome.Done.class);

    Inventory mixed = platform.inventory();
    assertThat(mixed.live()).map(Release::id).contains("v2");
    assertThat(mixed.notes())
        .anySatisfy(
            n -> assertThat(n).startsWith("the hosts differ: v1 on " + name(1) + "; v2 on "));
    for (Act act : acts(platform, V2, V1)) {
      assertThat(platform.act(act, "k")).isInstanceOf(Outcome.Done.class);
    }
    assertThat(List.of(live(1), live(2), live(3), live(4))).containsOnly("v1");
  }

  @Test
  void a_release_that_one_host_lacks_is_none() throws Exception {
    Files.delete(own(3).resolve("releases/v1/app"));
    Files.delete(own(3).resolve("releases/v1"));

    Inventory inventory = platform(Optional.empty()).inventory();

    assertThat(inventory.releases()).extracting(Release::id).containsExactly("v2");
    assertThat(inventory.excluded())
        .singleElement()
        .satisfies(e -> {
          assertThat(e.id()).isEqualTo("v1");
          assertThat(e.reason()).isEqualTo("only on " + name(1) + ", " + name(2) + ", " + name(4));
        });
  }

  @Test
  void a_host_that_is_down_stops_its_wave_before_anything_is_changed() throws Exception {
    Platform platform = platform(Optional.empty());
    Act second = acts(platform, V2, V1).get(1);
    machines.get(2).close();

    assertThat(platform.look(second)).isInstanceOf(Sight.Unclear.class);
    assertThat(platform.act(second, "k"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            r ->
                assertThat(r.reason())
                    .contains(name(3) + ": cannot be reached")
                    .endsWith("nothing was changed on any host"));
    assertThat(live(2)).isEqualTo("v2");
    assertThatThrownBy(platform::inventory)
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("1 of 4 hosts: " + name(3))
        .hasMessageContaining("taken out of hosts.addresses");

    machines.get(1).close();
    machines.get(3).close();
    machines.get(0).close();
    // What is left of the connections is cut first.
    assertThatThrownBy(platform::inventory).isInstanceOf(PlatformUnreachable.class);
    assertThatThrownBy(platform::inventory)
        .hasMessageContaining("4 of 4 hosts: ")
        .hasMessageContaining(". The same of ")
        .hasMessageNotContaining("taken out of hosts.addresses");
  }

  @Test
  void what_needs_no_copy_is_asked_for_none() throws Exception {
    assertThat(platform(Optional.empty())).isNotInstanceOf(Keeping.class);
  }

  @Test
  void a_host_that_says_no_does_not_hide_what_was_changed_beside_it() throws Exception {
    Platform platform = platform(Optional.empty());
    Act second = acts(platform, V2, V1).get(1);
    Files.delete(own(3).resolve("releases/v1/app"));
    Files.delete(own(3).resolve("releases/v1"));

    assertThat(platform.act(second, "k"))
        .isInstanceOfSatisfying(
            Outcome.Unknown.class,
            u ->
                assertThat(u.reason())
                    .contains(name(2) + ": " + site.resolve("current") + " points at v1")
                    .contains(name(3) + ": REFUSED, backend: release v1 is gone"));
    assertThat(live(2)).isEqualTo("v1");
    assertThat(live(3)).isEqualTo("v2");
  }

  @Test
  void a_plan_for_a_host_that_is_configured_no_more_is_refused() throws Exception {
    Act second = acts(platform(Optional.empty()), V2, V1).get(1);
    machines.remove(2).close();

    assertThat(platform(Optional.empty()).act(second, "k"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class, r -> assertThat(r.reason()).contains("does not name any more"));
    assertThat(live(2)).isEqualTo("v2");
  }

  @Test
  void a_connection_that_was_lost_between_two_acts_is_made_again() throws Exception {
    Platform platform = platform(Optional.empty());
    List<Act> acts = acts(platform, V2, V1);
    machines.forEach(RealSshd::cut);

    for (Act act : acts) {
      Outcome outcome = platform.act(act, "k");
      // The first word after the cut may still go out before it is noticed.
      if (!(outcome instanceof Outcome.Done)) {
        assertThat(platform.act(act, "k")).isInstanceOf(Outcome.Done.class);
      }
    }
    assertThat(List.of(live(1), live(2), live(3), live(4))).containsOnly("v1");
  }

  @Test
  void old_releases_are_removed_on_every_host() throws Exception {
    for (int i = 1; i <= 4; i++) {
      Files.createDirectories(own(i).resolve("releases/v0/x"));
      Files.createDirectories(own(i).resolve("releases/v3/x"));
    }

    List<String> removed =
        ((dev.lastgood.provider.Retention) platform(Optional.empty()))
            .prune(java.util.Set.of("v0", "v3"));

    assertThat(removed).containsExactly("v1");
    for (int i = 1; i <= 4; i++) {
      assertThat(own(i).resolve("releases/v1")).doesNotExist();
      assertThat(own(i).resolve("releases/v2/app")).exists();
    }
  }

  @Test
  void a_copy_of_a_release_is_recognised_there_too() throws Exception {
    var prints = (dev.lastgood.provider.Fingerprints) platform(Optional.empty());
    Files.createDirectories(own(1).resolve("releases/v2-again"));
    Files.copy(own(1).resolve("releases/v2/app"), own(1).resolve("releases/v2-again/app"));

    assertThat(prints.fingerprint(V2))
        .isEqualTo(prints.fingerprint(Release.of("backend", "v2-again")))
        .isNotEqualTo(prints.fingerprint(V1))
        .startsWith("sha256:");
  }
}
