package dev.lastgood.rehearse;

import dev.lastgood.approval.ApprovalPolicy;
import dev.lastgood.config.ComponentConfig;
import dev.lastgood.config.SecretMissing;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.evidence.Check;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Rehearsing;
import dev.lastgood.model.Measurement;
import dev.lastgood.model.Release;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.rehearsal.PlayedApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// One configuration on a stage.
public final class Rehearsal implements Rehearsing {
  private static final Duration EVERY = Duration.ofMillis(200);

  private final SystemConfig real;
  private final Path scratch;
  private final InstantSource clock;
  private final Optional<Fault> fault;
  private final Map<String, Staged<?>> staged = new LinkedHashMap<>();
  private final Map<String, String> good = new TreeMap<>();
  private final List<String> scenery = new ArrayList<>();
  private final List<String> unproven = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private final Opening opening;
  private Optional<Office> office = Optional.empty();

  private Rehearsal(
      SystemConfig real,
      Path scratch,
      InstantSource clock,
      Optional<Fault> fault,
      Opening opening) {
    this.real = real;
    this.opening = opening;
    this.scratch = scratch;
    this.clock = clock;
    this.fault = fault;
  }

  /// Opens the offices of a rehearsal.
  public interface Opening {
    /// That of what is on the stage.
    ///
    /// @param health stands for the checks
    Office open(
        SystemConfig config, Path state, SortedMap<String, Platform> platforms, Stagehand health)
        throws Refusal;

    /// That of the real system, which is only looked at.
    ///
    /// @param copy an empty folder for what its state says
    Office real(SystemConfig config, Path copy) throws Refusal;
  }

  /// What stands for the checks: they would ask production.
  public interface Stagehand {
    SortedMap<String, Measurement> measure(
        List<Check> checks, Optional<String> address, Optional<String> version);
  }

  /// @param scratch a folder of its own, which the caller removes
  /// @throws Refusal when the stage cannot be built
  public static Rehearsal of(
      SystemConfig real,
      Set<String> wanted,
      Path scratch,
      Path base,
      InstantSource clock,
      Optional<Fault> fault,
      Opening opening)
      throws Refusal {
    var rehearsal = new Rehearsal(real, scratch, clock, fault, opening);
    try {
      rehearsal.build(wanted, base);
    } catch (IOException e) {
      rehearsal.close();
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT, "the stage cannot be built in " + scratch + ": " + e);
    } catch (Refusal | RuntimeException e) {
      rehearsal.close();
      throw e;
    }
    return rehearsal;
  }

  private void build(Set<String> wanted, Path base) throws IOException, Refusal {
    var components = new TreeMap<String, ComponentConfig<?>>();
    for (ComponentConfig<?> component : real.components().values()) {
      if (wanted.isEmpty() || wanted.contains(component.name())) {
        set(component, base).ifPresent(c -> components.put(c.name(), c));
      }
    }
    if (components.isEmpty()) {
      return;
    }
    components.replaceAll((_, c) -> among(c, components.keySet()));
    SystemConfig config = config(components);
    var platforms = new TreeMap<String, Platform>();
    for (ComponentConfig<?> component : components.values()) {
      Path state = Files.createDirectories(scratch.resolve("platforms").resolve(component.name()));
      platforms.put(component.name(), component.open(new Surroundings(scratch, state, clock)));
    }
    said();
    office =
        Optional.of(
            opening.open(
                config,
                Files.createDirectories(scratch.resolve("state")),
                platforms,
                (checks, _, _) -> healthyUnlessBad(checks, platforms)));
    remember(platforms);
  }

  private void said() {
    if (!real.checks().isEmpty()) {
      unproven.add(
          (real.checks().size() == 1
                  ? "the check: it"
                  : "the " + real.checks().size() + " checks: they")
              + " would ask the real system. Here a component passed them while its good"
              + " release was live");
    }
    real.maintenance().stream()
        .filter(m -> !played(m, staged.keySet()))
        .forEach(m -> unproven.add("that " + m.component() + " keeps users away meanwhile"));
    if (!real.purge().isEmpty()) {
      unproven.add("that what a CDN keeps is thrown away: it was not asked");
    }
    if (!real.tell().isEmpty()) {
      unproven.add("that anybody is told: nobody was");
    }
    unproven.add("who approves: one yes was given by itself");
    unproven.add("how long it really takes: a vendor's builds and starts are played");
  }

  private <S extends Record> Optional<ComponentConfig<S>> set(
      ComponentConfig<S> component, Path base) throws IOException {
    String name = component.name();
    Optional<Stages.Stage<?>> stage = Stages.of(component.kind().name());
    if (stage.isEmpty()) {
      leftOut.add(name);
      unproven.add(
          name + ": platform " + component.kind().name() + " cannot be played, so it was left out");
      return Optional.empty();
    }
    Seed seed = seed(component, base);
    @SuppressWarnings("unchecked") // the same word names the kind and the stage
    var fitting = (Stages.Stage<S>) stage.get();
    Path folder = Files.createDirectories(scratch.resolve("stage").resolve(name));
    Staged<S> set = fitting.set(component.settings(), seed, folder, clock);
    staged.put(name, set);
    scenery.add(
        name
            + ": "
            + (set.api().isPresent()
                ? component.kind().name() + " played at " + set.api().get().url()
                : "made-up files")
            + ", with "
            + seed.from());
    set.unproven().forEach(u -> unproven.add(name + ": " + u));
    return Optional.of(
        new ComponentConfig<>(name, component.kind(), set.settings(), component.needs()));
  }

  private static <S extends Record> ComponentConfig<S> among(
      ComponentConfig<S> component, Set<String> there) {
    return new ComponentConfig<>(
        component.name(),
        component.kind(),
        component.settings(),
        component.needs().stream().filter(there::contains).toList());
  }

  /// Asks the real platform for its releases, where the configuration allows; it changes nothing.
  private <S extends Record> Seed seed(ComponentConfig<S> component, Path base) throws IOException {
    if (!Stages.takesRealNames(component.kind().name())) {
      return Seed.MADE_UP;
    }
    Path state = Files.createDirectories(scratch.resolve("asked").resolve(component.name()));
    String why;
    try {
      Inventory real = component.open(new Surroundings(base, state, clock)).inventory();
      Optional<Seed> seed = Seed.of(real);
      if (seed.isPresent()) {
        return seed.get();
      }
      why = "the real one has no release before the live one";
    } catch (PlatformUnreachable e) {
      why = String.valueOf(e.getMessage());
    } catch (SecretMissing | BadSettings e) {
      why = String.valueOf(e.getMessage());
    }
    return new Seed(
        Seed.MADE_UP.good(), Seed.MADE_UP.bad(), Seed.MADE_UP.from() + " (" + why + ")");
  }

  /// The same rules, with nobody to wait for and nobody to tell.
  private SystemConfig config(SortedMap<String, ComponentConfig<?>> components) {
    SystemConfig.After after = real.after();
    Set<String> named = Set.copyOf(components.keySet());
    return new SystemConfig(
        real.file(),
        real.scope(),
        Optional.of(new SystemConfig.StateAt.Folder(scratch.resolve("state"))),
        real.soak(),
        components,
        real.checks().stream()
            .filter(c -> c.component().isEmpty() || named.contains(c.component().get()))
            .toList(),
        real.decide(),
        new ApprovalPolicy(1, new TreeMap<>(), true, new TreeMap<>(), real.approvals().expires()),
        real.maintenance().stream().filter(m -> played(m, named)).toList(),
        // A rehearsal throws nothing away of the real CDN.
        List.of(),
        new SystemConfig.After(
            after.hold(), Duration.ZERO, EVERY, after.passes(), after.patience()),
        List.of(),
        List.of(),
        real.places());
  }

  /// Its platform's own mode can be played; releases that keep users away are not on the stage.
  private static boolean played(SystemConfig.Maintenance maintenance, Set<String> named) {
    return maintenance.turned().isEmpty()
        && named.contains(maintenance.component())
        && named.containsAll(maintenance.moves());
  }

  private void remember(SortedMap<String, Platform> platforms) throws Refusal {
    for (Map.Entry<String, Platform> each : platforms.entrySet()) {
      good.put(each.getKey(), goal(each.getKey(), each.getValue()));
    }
  }

  private String goal(String name, Platform platform) throws Refusal {
    Optional<String> named = Optional.ofNullable(staged.get(name)).flatMap(Staged::goal);
    return named.isPresent() ? named.get() : live(name, platform).orElse("");
  }

  private static Optional<String> live(String name, Platform platform) throws Refusal {
    try {
      return platform.inventory().live().map(Release::id);
    } catch (PlatformUnreachable e) {
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT, name + ": the stage does not answer: " + e.getMessage());
    }
  }

  private SortedMap<String, Measurement> healthyUnlessBad(
      List<Check> checks, SortedMap<String, Platform> platforms) {
    var bad = new TreeSet<String>();
    platforms.forEach((name, platform) -> {
      try {
        String live = platform.inventory().live().map(Release::id).orElse("");
        if (good.containsKey(name) && !live.equals(good.get(name))) {
          bad.add(name);
        }
      } catch (PlatformUnreachable e) {
        bad.add(name);
      }
    });
    var answers = new TreeMap<String, Measurement>();
    for (Check check : checks) {
      boolean sick = check.component().map(bad::contains).orElse(!bad.isEmpty());
      answers.put(
          check.name(),
          sick
              ? new Measurement.Unhealthy("not asked; the good release is not live")
              : new Measurement.Healthy("not asked; the good release is live"));
    }
    return answers;
  }

  @Override
  public Office office() {
    return office.orElseThrow();
  }

  @Override
  public Office real() throws Refusal {
    Path copy = scratch.resolve("real");
    try {
      return opening.real(real, Files.createDirectories(copy));
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT, "no copy of the state can be made in " + copy + ": " + e);
    }
  }

  @Override
  public boolean played() {
    return office.isPresent();
  }

  @Override
  public List<String> leftOut() {
    return List.copyOf(leftOut);
  }

  @Override
  public List<String> scenery() {
    return List.copyOf(scenery);
  }

  @Override
  public List<String> unproven() {
    return List.copyOf(unproven);
  }

  /// The ledger finds the good state by itself, unless it has a backup in it, which was never live:
  /// then every release is named.
  @Override
  public List<String> targets() {
    return staged.values().stream().allMatch(s -> s.goal().isEmpty())
        ? List.of()
        : good.entrySet().stream().map(g -> g.getKey() + "=" + g.getValue()).toList();
  }

  @Override
  public void failingDeploy() throws Refusal {
    for (Map.Entry<String, Staged<?>> each : staged.entrySet()) {
      try {
        each.getValue().breaks().happen();
      } catch (IOException e) {
        throw new Refusal(Refusal.Turn.ENVIRONMENT, each.getKey() + ": the stage fails: " + e);
      }
    }
  }

  @Override
  public List<String> trouble() {
    List<String> without = new ArrayList<>();
    fault.ifPresent(f ->
        staged.forEach((name, set) ->
            set.api()
                .ifPresentOrElse(
                    f::on,
                    () ->
                        without.add(
                            name + ": --fault " + f.word() + ", since it is made-up files"))));
    return without;
  }

  @Override
  public List<String> counted() {
    List<String> lines = new ArrayList<>();
    staged.forEach((name, set) ->
        set.api()
            .ifPresent(api ->
                lines.add(
                    name
                        + ": "
                        + api.asked().size()
                        + " requests, "
                        + api.changes()
                        + " of them changes"
                        + (api.limited() == 0
                            ? ""
                            : ", " + api.limited() + " beyond its rate limit"))));
    return lines;
  }

  @Override
  public void close() {
    office.ifPresent(Office::close);
    staged.values().forEach(s -> s.api().ifPresent(PlayedApi::close));
  }
}
