package dev.lastgood.provider.systemd;

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
import dev.lastgood.provider.Retention;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.SlotLock;
import dev.lastgood.provider.local.Until;
import java.io.IOException;
import java.lang.Thread.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against a played systemctl; `RealSystemdTest` is the same against a real one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SystemdPlatformTest implements PlatformContract {
  @TempDir Path dir;
  private final AtomicInteger worlds = new AtomicInteger();

  @Override
  public Host world() throws Exception {
    return new Host(dir.resolve("w" + worlds.incrementAndGet()));
  }

  /// R2's `shop.service`, with a drop-in that came with the bad release, and the backup of the one
  /// before.
  static final class Host implements PlatformContract.World {
    final Path dir;
    final Path unit;
    final Path dropIn;
    final Path env;
    final Path backup;
    final PlayedSystemd systemd;
    final Platform platform;
    private final String live;
    private String older = "";

    Host(Path dir) throws Exception {
      this.dir = dir;
      unit = dir.resolve("units/shop.service");
      dropIn = dir.resolve("units/shop.service.d/memory.conf");
      env = dir.resolve("default/shop");
      backup = dir.resolve("backup");
      for (Path each : List.of(dropIn, env, backup.resolve("x"), dir.resolve("state/x"))) {
        Files.createDirectories(each.getParent());
      }
      Files.writeString(
          unit,
          "[Service]\nEnvironment=KEY=hunter1 \\\n  OTHER=hunter2\nExecStart=/srv/shop two\n");
      Files.writeString(dropIn, "[Service]\nMemoryMax=10M\n");
      Files.writeString(env, "PASSWORD=hunter3\n");
      Files.setPosixFilePermissions(env, PosixFilePermissions.fromString("rw-r-----"));
      backup("[Service]\nExecStart=/srv/shop one\n");
      systemd =
          new PlayedSystemd(
              dir.resolve("played"), unit, unit + " " + dropIn.getParent() + "/*.conf " + env);
      systemd.run("daemon-reload");
      systemd.run("restart", "shop.service");
      platform = open(Duration.ZERO, Optional.empty());
      live = id(dir.resolve("units"), dir.resolve("default"));
    }

    void backup(String text) throws IOException {
      Files.writeString(backup.resolve("shop.service"), text);
      Files.writeString(backup.resolve("shop"), "PASSWORD=hunter4\n");
      older = id(backup, backup);
    }

    Platform open(Duration steady, Optional<Integer> keep) {
      return new SystemdKind()
          .open(
              "backend",
              new SystemdSettings(
                  "shop.service",
                  List.of(unit, dropIn.getParent(), env),
                  Optional.empty(),
                  List.of(backup),
                  keep,
                  List.of(systemd.program.toString()),
                  List.of(systemd.journal.toString()),
                  Optional.of(steady),
                  Optional.of(Duration.ofSeconds(10))),
              here());
    }

    Surroundings here() {
      return new Surroundings(dir, dir.resolve("state"), InstantSource.system());
    }

    @Override
    public Platform platform() {
      return platform;
    }

    @Override
    public String live() {
      return live;
    }

    @Override
    public String older() {
      return older;
    }

    private String id(Path units, Path other) throws IOException {
      var at = new TreeMap<Path, Path>();
      at.put(unit, units.resolve("shop.service"));
      at.put(env, other.resolve("shop"));
      Path memory = units.resolve("shop.service.d/memory.conf");
      if (Files.exists(memory)) {
        at.put(dropIn, memory);
      }
      return FileSet.of(at, Optional.empty()).id();
    }

    List<Act> acts() throws Exception {
      return acts(live(), older());
    }

    List<Act> acts(String from, String to) throws Exception {
      return platform
          .methods(Release.of("backend", from), Release.of("backend", to))
          .getFirst()
          .legs()
          .stream()
          .map(Act.class::cast)
          .toList();
    }

    @Override
    public String snapshot() throws IOException {
      var all = new StringBuilder();
      try (var files = Files.walk(dir)) {
        for (Path file : files.sorted().toList()) {
          if (Files.isRegularFile(file)
              && !file.toString().endsWith(".lock")
              && !file.toString().endsWith("calls.log")) {
            all.append('\n').append(file).append(Files.getAttribute(file, "unix:ino"));
            all.append(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            all.append(Files.readString(file));
          }
        }
      }
      return all.toString();
    }

    @Override
    public void remove(String id) throws IOException {
      try (var all = Files.walk(dir)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          boolean kept = each.toString().contains("/versions/") && each.toString().contains(id);
          if (kept || each.startsWith(backup)) {
            Files.delete(each);
          }
        }
      }
    }

    @Override
    public List<String> secrets() {
      return List.of("hunter");
    }
  }

  private static Outcome perform(Host host, Act act) {
    Outcome outcome = host.platform().act(act, "key");
    assertThat(outcome).as(act.says()).isInstanceOf(Outcome.Done.class);
    Until.holds(act.says(), () -> host.platform().look(act) instanceof Sight.Holds);
    return outcome;
  }

  private static void filesReplaced(Host host, List<Act> acts) {
    perform(host, acts.get(0));
    perform(host, acts.get(1));
  }

  private static String refused(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused) outcome).reason();
  }

  @Test
  void the_drop_in_of_the_bad_release_goes_with_it_and_comes_back_at_an_undo() throws Exception {
    try (Host host = world()) {
      String live = host.live();
      List<Act> acts = host.acts();
      List<Act> back = host.acts(host.older(), live);
      assertThat(acts.get(1).says()).contains("removes " + host.dropIn);

      acts.forEach(act -> perform(host, act));
      assertThat(host.dropIn).doesNotExist();
      assertThat(host.systemd.said("runs")).contains("shop one").doesNotContain("MemoryMax");

      back.forEach(act -> perform(host, act));
      assertThat(host.dropIn).hasContent("[Service]\nMemoryMax=10M\n");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(host.env)))
          .isEqualTo("rw-r-----");
      assertThat(host.systemd.said("runs")).contains("shop two", "MemoryMax");
    }
  }

  @Test
  void files_that_were_edited_and_never_started_are_kept_and_can_be_left() throws Exception {
    try (Host host = world()) {
      Files.writeString(host.env, "PASSWORD=edited\n");
      assertThat(host.platform().inventory().live()).as("what runs is not known").isEmpty();

      host.acts().forEach(act -> perform(host, act));

      assertThat(host.env).hasContent("PASSWORD=hunter4\n");
      assertThat(host.platform().inventory().live().map(Release::id)).contains(host.older());
      try (var kept = Files.walk(host.dir.resolve("state"))) {
        assertThat(kept.filter(f -> f.endsWith(Path.of("default/shop"))))
            .anySatisfy(f -> assertThat(f).hasContent("PASSWORD=edited\n"));
      }
    }
  }

  @Test
  void exit_0_of_a_restart_that_did_not_happen_is_not_believed() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      filesReplaced(host, acts);
      host.systemd.trap("lie-restart");

      host.platform().act(acts.get(2), "key");

      assertThat(host.platform().look(acts.get(2))).isInstanceOf(Sight.NotYet.class);
      assertThat(host.platform().inventory().live()).as("what runs is not known").isEmpty();
      host.systemd.free("lie-restart");
      perform(host, acts.get(2));
    }
  }

  @Test
  void exit_0_of_a_reload_that_did_not_happen_stops_before_the_restart() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      filesReplaced(host, acts);
      host.systemd.trap("lie-daemon-reload");

      assertThat(refused(host.platform().act(acts.get(2), "key"))).contains("has not loaded");

      assertThat(host.systemd.said("runs")).contains("shop two");
    }
  }

  @Test
  void a_unit_that_systemd_cannot_load_is_never_started_and_what_runs_goes_on() throws Exception {
    try (Host host = world()) {
      host.backup("[Service]\nExecStat=/srv/shop one\n");
      List<Act> acts = host.acts();
      filesReplaced(host, acts);

      assertThat(refused(host.platform().act(acts.get(2), "key")))
          .contains("nothing was restarted", "bad-setting");

      assertThat(host.systemd.calls()).noneMatch(c -> c.startsWith("restart -- "));
    }
  }

  @Test
  void a_service_that_dies_after_its_start_is_a_failure_with_its_exit_status() throws Exception {
    try (Host host = world()) {
      host.backup("[Service]\nExecStart=/srv/shop fails\n");
      List<Act> acts = host.acts();
      filesReplaced(host, acts);

      assertThat(host.platform().act(acts.get(2), "key")).isInstanceOf(Outcome.Done.class);

      Sight sight = host.platform().look(acts.get(2));
      assertThat(sight).isInstanceOf(Sight.Failed.class);
      assertThat(sight.seen()).contains("failed", "exit-code", "exit status 3");
    }
  }

  @Test
  void a_restart_loop_is_a_failure() throws Exception {
    try (Host host = world()) {
      host.backup("[Service]\nExecStart=/srv/shop loops\n");
      List<Act> acts = host.acts();
      filesReplaced(host, acts);
      host.platform().act(acts.get(2), "key");

      Until.holds(
          "the loop is seen", () -> host.platform().look(acts.get(2)) instanceof Sight.Failed);

      assertThat(host.platform().look(acts.get(2)).seen()).contains("again and again", "restarts");
    }
  }

  @Test
  void a_service_is_not_steady_before_its_time() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      acts.forEach(act -> perform(host, act));

      Platform patient = host.open(Duration.ofHours(1), Optional.empty());

      assertThat(patient.look(acts.get(2))).isInstanceOf(Sight.UnderWay.class);
    }
  }

  @Test
  void a_systemctl_without_rights_is_refused_in_its_own_words() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      filesReplaced(host, acts);
      host.systemd.trap("refuse-daemon-reload");

      assertThat(refused(host.platform().act(acts.get(2), "key")))
          .contains("nothing was restarted", "Access denied");
    }
  }

  @Test
  void a_restart_that_was_cut_off_is_unknown_and_a_look_tells() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      filesReplaced(host, acts);

      host.systemd.trap("die-before");
      assertThat(host.platform().act(acts.get(2), "key")).isInstanceOf(Outcome.Unknown.class);
      assertThat(host.platform().look(acts.get(2))).isInstanceOf(Sight.NotYet.class);

      host.systemd.free("die-before");
      host.systemd.trap("die-after");
      assertThat(host.platform().act(acts.get(2), "key")).isInstanceOf(Outcome.Unknown.class);
      assertThat(host.platform().look(acts.get(2))).isInstanceOf(Sight.Holds.class);
    }
  }

  @Test
  void a_restart_that_does_not_end_is_unknown() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      filesReplaced(host, acts);
      host.systemd.trap("slow-restart");
      Platform hasty =
          new SystemdKind()
              .open(
                  "backend",
                  new SystemdSettings(
                      "shop.service",
                      List.of(host.unit, host.dropIn.getParent(), host.env),
                      Optional.empty(),
                      List.of(host.backup),
                      Optional.empty(),
                      List.of(host.systemd.program.toString()),
                      List.of(),
                      Optional.of(Duration.ZERO),
                      Optional.of(Duration.ofMillis(300))),
                  host.here());

      Outcome outcome = hasty.act(acts.get(2), "key");

      assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
      assertThat(outcome.toString()).contains("did not end within 300 ms");
    }
  }

  @Test
  void an_answer_in_an_unknown_shape_is_no_answer() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      host.systemd.trap("strange");

      assertThatThrownBy(() -> host.platform().inventory())
          .isInstanceOf(PlatformUnreachable.class)
          .hasMessageContaining("said nothing that can be used");
      assertThat(host.platform().look(acts.get(2)))
          .as("the files are not there yet, whatever systemctl says")
          .isInstanceOf(Sight.Unclear.class);
    }
  }

  @Test
  void a_file_that_somebody_edited_after_the_plan_is_not_replaced() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      perform(host, acts.getFirst());
      Files.writeString(host.env, "PASSWORD=hunter5\n");

      assertThat(refused(host.platform().act(acts.get(1), "key")))
          .contains("changed after the plan was made", host.env.toString());

      assertThat(host.env).hasContent("PASSWORD=hunter5\n");
    }
  }

  @Test
  void a_replacement_that_died_between_two_files_is_finished() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      perform(host, acts.getFirst());
      Files.copy(host.backup.resolve("shop"), host.env, StandardCopyOption.REPLACE_EXISTING);

      perform(host, acts.get(1));

      assertThat(host.dropIn).doesNotExist();
    }
  }

  @Test
  void nothing_is_replaced_before_it_is_kept() throws Exception {
    try (Host host = world()) {
      assertThat(refused(host.platform().act(host.acts().get(1), "key")))
          .contains("no copy of " + host.live());
      assertThat(refused(host.platform().act(host.acts().get(2), "key")))
          .contains("its files are not " + host.older());
    }
  }

  @Test
  void a_kept_version_that_was_touched_is_no_release() throws Exception {
    try (Host host = world()) {
      perform(host, host.acts().getFirst());
      String older = host.older();
      host.backup("[Service]\nExecStart=/srv/shop zero\n");
      try (var files = Files.walk(host.dir.resolve("state/versions"))) {
        Path kept =
            files
                .filter(f -> f.toString().contains(older) && f.endsWith("shop.service"))
                .findFirst()
                .orElseThrow();
        Files.writeString(kept, "[Service]\nExecStart=/bin/evil\n");
      }

      Inventory inventory = host.platform().inventory();

      assertThat(inventory.find(older)).isEmpty();
      assertThat(inventory.excluded())
          .anySatisfy(e -> {
            assertThat(e.id()).endsWith(older);
            assertThat(e.reason()).contains("not those it was kept with");
          });
    }
  }

  @Test
  void files_that_were_changed_and_not_loaded_leave_open_what_runs() throws Exception {
    try (Host host = world()) {
      Files.writeString(host.unit, "[Service]\nExecStart=/srv/shop three\n");

      Inventory inventory = host.platform().inventory();

      assertThat(inventory.live()).isEmpty();
      assertThat(inventory.notes()).anyMatch(n -> n.contains("daemon-reload"));
    }
  }

  @Test
  void a_unit_that_systemd_reads_elsewhere_is_said_and_not_restarted() throws Exception {
    try (Host host = world()) {
      List<Act> acts = host.acts();
      filesReplaced(host, acts);
      host.systemd.say("fragment", "/run/systemd/system/shop.service");

      assertThat(host.platform().inventory().notes())
          .anyMatch(n -> n.contains("systemd reads /run/systemd/system/shop.service"));
      assertThat(refused(host.platform().act(acts.get(2), "key"))).contains("/run/systemd");
    }
  }

  @Test
  void a_backup_without_the_unit_file_is_no_release() throws Exception {
    try (Host host = world()) {
      Files.delete(host.backup.resolve("shop.service"));

      assertThat(host.platform().inventory().excluded())
          .extracting(Inventory.Excluded::reason)
          .contains("has no " + host.unit);
    }
  }

  @Test
  void the_journal_is_captured_and_variables_are_not() throws Exception {
    try (Host host = world()) {
      String text =
          ((Capturable) host.platform()).capture(Release.of("backend", host.live())).toString();

      assertThat(text)
          .contains("shop said:", "--unit=shop.service", "ExecStart=/srv/shop two", "PASSWORD=•••")
          .doesNotContain("hunter");
    }
  }

  @Test
  void old_versions_are_removed_and_never_the_live_one() throws Exception {
    try (Host host = world()) {
      String live = host.live();
      String older = host.older();
      host.acts().forEach(act -> perform(host, act));
      var keepsOne = (Retention) host.open(Duration.ZERO, Optional.of(1));

      assertThat(keepsOne.prune(Set.of(live))).isEmpty();
      assertThat(keepsOne.prune(Set.of())).containsExactly(live);

      assertThat(host.platform().inventory().find(older)).isPresent();
    }
  }

  @Test
  void a_plan_for_another_unit_is_refused() throws Exception {
    try (Host host = world()) {
      Act act = host.acts().getFirst();
      var with = new TreeMap<>(act.with());
      with.put("unit", "other.service");
      Act other =
          new Act(
              act.component(),
              act.verb(),
              with,
              act.says(),
              act.byHand(),
              act.expected(),
              act.deadline(),
              act.downtime());

      assertThat(refused(host.platform().act(other, "key"))).contains("plan again");
    }
  }

  @Test
  void only_whole_names_of_services_are_taken() throws Exception {
    try (Host host = world()) {
      for (String unit :
          List.of(
              "shop", "*.service", "--all.service", "a b.service", "shop@.service", "x.timer")) {
        assertThatThrownBy(() ->
                new SystemdKind()
                    .open(
                        "backend",
                        new SystemdSettings(
                            unit,
                            List.of(host.unit),
                            Optional.empty(),
                            List.of(),
                            Optional.empty(),
                            List.of(),
                            List.of(),
                            Optional.empty(),
                            Optional.empty()),
                        host.here()))
            .as(unit)
            .isInstanceOf(BadSettings.class);
      }
    }
  }

  @Test
  void what_is_live_is_kept_before_a_deploy_writes_over_it() throws Exception {
    try (Host host = world()) {
      assertThat(((Keeping) host.platform()).keep().ids()).containsExactly(host.live());
      assertThat(((Keeping) host.platform()).keep().ids()).isEmpty();

      Files.writeString(host.unit, "[Service]\nExecStart=/srv/shop three\n");

      assertThat(host.platform().inventory().releases())
          .extracting(Release::id)
          .contains(host.live());
    }
  }

  @Test
  void whoever_keeps_it_waits_for_a_run_that_is_at_it_and_looks_again() throws Exception {
    try (Host host = world()) {
      var kept = new FutureTask<>(() -> ((Keeping) host.platform()).keep().ids());
      Path lock = host.dir.resolve("state/systemd-backend.lock");
      Thread keeper = new Thread(kept);
      try (SlotLock run = SlotLock.take(lock, Duration.ofSeconds(5)).orElseThrow()) {
        assertThat(run).isNotNull();
        keeper.start();
        Until.holds(
            "it waits or has ended",
            () -> List.of(State.TIMED_WAITING, State.TERMINATED).contains(keeper.getState()));
        assertThat(host.dir.resolve("state/versions")).doesNotExist();
        Files.writeString(host.unit, "[Service]\nExecStart=/srv/shop one\n");
      }

      assertThat(kept.get()).hasSize(1).doesNotContain(host.live());
      assertThat(((Keeping) host.platform()).keep().ids()).isEmpty();
    }
  }

  @Test
  void a_damaged_copy_is_kept_anew() throws Exception {
    try (Host host = world()) {
      ((Keeping) host.platform()).keep();
      Path copy = copyOf(host);
      Files.writeString(copy, "[Service]\n");

      assertThat(((Keeping) host.platform()).keep().ids()).containsExactly(host.live());

      assertThat(copy).hasSameTextualContentAs(host.unit);
      assertThat(((Keeping) host.platform()).keep().ids()).isEmpty();
    }
  }

  private static Path copyOf(Host host) throws IOException {
    try (var all = Files.walk(host.dir.resolve("state/versions"))) {
      return all.filter(p -> p.endsWith("shop.service")).findFirst().orElseThrow();
    }
  }
}
