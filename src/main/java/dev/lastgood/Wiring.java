package dev.lastgood;

import dev.lastgood.cli.Doors;
import dev.lastgood.cli.Globals;
import dev.lastgood.condition.Cel;
import dev.lastgood.config.ComponentConfig;
import dev.lastgood.config.ConfigException;
import dev.lastgood.config.ConfigLoader;
import dev.lastgood.config.KeptConditions;
import dev.lastgood.config.SecretMissing;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.config.SystemConfig.StateAt;
import dev.lastgood.evidence.Bundle;
import dev.lastgood.evidence.Checker;
import dev.lastgood.evidence.Checks;
import dev.lastgood.flow.Consent;
import dev.lastgood.flow.Health;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Parts;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Rehearsing;
import dev.lastgood.model.Actor;
import dev.lastgood.model.Secret;
import dev.lastgood.plan.PlanJson;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Purge;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.cloudflare.CloudflarePurge;
import dev.lastgood.provider.command.CommandKind;
import dev.lastgood.provider.docker.ComposeKind;
import dev.lastgood.provider.docker.SwarmKind;
import dev.lastgood.provider.docker.VolumeKind;
import dev.lastgood.provider.ecs.EcsKind;
import dev.lastgood.provider.envfile.EnvFileKind;
import dev.lastgood.provider.envfile.EnvFlagKind;
import dev.lastgood.provider.flagd.FlagdKind;
import dev.lastgood.provider.git.GitKind;
import dev.lastgood.provider.github.GithubActionsKind;
import dev.lastgood.provider.heroku.HerokuKind;
import dev.lastgood.provider.kubernetes.HelmKind;
import dev.lastgood.provider.kubernetes.KubernetesKind;
import dev.lastgood.provider.launchdarkly.LaunchDarklyKind;
import dev.lastgood.provider.mongodb.AtlasKind;
import dev.lastgood.provider.mongodb.MongodbKind;
import dev.lastgood.provider.nginx.NginxKind;
import dev.lastgood.provider.pm2.Pm2Kind;
import dev.lastgood.provider.postgres.PostgresKind;
import dev.lastgood.provider.railway.RailwayKind;
import dev.lastgood.provider.redis.RedisKind;
import dev.lastgood.provider.release.ReleaseDirectoryKind;
import dev.lastgood.provider.supabase.SupabaseKind;
import dev.lastgood.provider.systemd.SystemdKind;
import dev.lastgood.provider.unleash.UnleashKind;
import dev.lastgood.provider.vercel.VercelKind;
import dev.lastgood.provider.vercel.VercelPurge;
import dev.lastgood.rehearse.Fault;
import dev.lastgood.rehearse.Rehearsal;
import dev.lastgood.rehearse.Swept;
import dev.lastgood.run.EventJson;
import dev.lastgood.run.Journal;
import dev.lastgood.store.Database;
import dev.lastgood.store.SqlJournal;
import dev.lastgood.store.StoreUnavailable;
import dev.lastgood.store.StoredBook;
import dev.lastgood.tell.Teller;
import dev.lastgood.tell.Tellers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Joins the objects by hand. The only place that sees every room.
class Wiring implements Doors {
  /// Every platform we ship, by its word in the YAML. A new one is one line here.
  static final List<PlatformKind<?>> KINDS =
      List.of(
          new ReleaseDirectoryKind(),
          new NginxKind(),
          new EnvFileKind(),
          new CommandKind(),
          new RedisKind(),
          new GitKind(),
          new Pm2Kind(),
          new VercelKind(),
          new PostgresKind(),
          new MongodbKind(),
          new AtlasKind(),
          new RailwayKind(),
          new HerokuKind(),
          new UnleashKind(),
          new SystemdKind(),
          new LaunchDarklyKind(),
          new EnvFlagKind(),
          new FlagdKind(),
          new ComposeKind(),
          new VolumeKind(),
          new EcsKind(),
          new GithubActionsKind(),
          new HelmKind(),
          new KubernetesKind(),
          new SupabaseKind(),
          new SwarmKind());

  private final Function<String, @Nullable String> environment;
  private final InstantSource clock;
  private final String version;
  private final Places places;
  private final Cel cel;

  Wiring(Function<String, @Nullable String> environment, InstantSource clock, String version) {
    this.environment = environment;
    this.clock = clock;
    this.version = version;
    this.places = new Places(environment);
    this.cel = new Cel(new KeptConditions(places.cache().resolve("conditions")));
  }

  /// Loads, beside what the main thread does meanwhile, the libraries that every command about a
  /// system needs; in the order it will need them. Touches nothing outside this process.
  ///
  /// @param runs also what a run needs
  void warmUp(boolean runs) {
    beside(() -> {
      Database.warmUp();
      if (runs) {
        PlanJson.warmUp();
        EventJson.warmUp();
      }
    });
    beside(cel::warmUp);
  }

  private static void beside(Runnable work) {
    Thread.ofPlatform().name("warm up").daemon().start(work);
  }

  @Override
  public SystemConfig config(Globals globals) throws ConfigException, Refusal {
    return new ConfigLoader(KINDS, environment, cel)
        .load(places.config(globals.config()), globals.environment());
  }

  @Override
  public Secret secret(String reference) throws Refusal {
    String bare =
        reference.startsWith("${") && reference.endsWith("}")
            ? reference.substring(2, reference.length() - 1)
            : reference;
    String name = bare.startsWith("env:") ? bare.substring("env:".length()) : "";
    if (name.isEmpty() || !name.chars().allMatch(c -> c == '_' || Character.isLetterOrDigit(c))) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          "a secret is named by its environment variable, as env:NAME; written out, everybody on"
              + " this machine could read it in the list of processes");
    }
    String value = environment.apply(name);
    if (value == null || value.isEmpty()) {
      throw new Refusal(
          Refusal.Turn.INPUT, "env:" + name + ": the environment variable " + name + " is not set");
    }
    return new Secret("env:" + name, () -> value);
  }

  @Override
  public Office open(Globals globals) throws ConfigException, Refusal {
    SystemConfig config = config(globals);
    Path state = privateFolder(stateFolder(config));
    return opened(
        config,
        state,
        database(config, state),
        person(globals),
        () -> platforms(config, folderOf(config.file()), state));
  }

  /// What opening the platforms of a configuration comes to.
  private interface Opened {
    SortedMap<String, Platform> platforms() throws Refusal;
  }

  private Office opened(
      SystemConfig config, Path state, Database database, Actor person, Opened platforms)
      throws Refusal {
    try {
      return office(config, state, database, person, platforms.platforms());
    } catch (BadSettings | StoreUnavailable e) {
      database.close();
      throw e instanceof BadSettings
          ? new Refusal(Refusal.Turn.INPUT, config.file() + ": " + e.getMessage())
          : new Refusal(Refusal.Turn.ENVIRONMENT, String.valueOf(e.getMessage()));
    } catch (Refusal e) {
      database.close();
      throw e;
    }
  }

  @Override
  public Rehearsing rehearse(Globals globals, List<String> components, Optional<String> fault)
      throws ConfigException, Refusal {
    SystemConfig config = config(globals);
    Optional<Fault> wrong = Optional.empty();
    if (fault.isPresent()) {
      wrong = Fault.of(fault.get());
      if (wrong.isEmpty()) {
        throw new Refusal(
            Refusal.Turn.INPUT,
            "no fault is called \"" + fault.get() + "\". Known: " + Fault.words());
      }
    }
    for (String component : components) {
      if (!config.components().containsKey(component)) {
        throw new Refusal(
            Refusal.Turn.INPUT,
            "no component is called \""
                + component
                + "\". Known: "
                + String.join(", ", config.components().keySet()));
      }
    }
    cel.warmUp();
    Path scratch;
    try {
      scratch = Files.createTempDirectory("lastgood-rehearsal");
    } catch (IOException e) {
      throw new Refusal(Refusal.Turn.ENVIRONMENT, "no folder for the stage can be made: " + e);
    }
    try {
      return new Swept(
          Rehearsal.of(
              config,
              Set.copyOf(components),
              scratch,
              folderOf(config.file()),
              clock,
              wrong,
              offices(person(globals))),
          scratch);
    } catch (Refusal | RuntimeException e) {
      Swept.sweep(scratch);
      throw e;
    }
  }

  private Rehearsal.Opening offices(Actor person) {
    return new Rehearsal.Opening() {
      @Override
      public Office open(
          SystemConfig config,
          Path state,
          SortedMap<String, Platform> platforms,
          Rehearsal.Stagehand health)
          throws Refusal {
        return staged(config, state, platforms, health::measure, person);
      }

      @Override
      public Office real(SystemConfig config, Path copy) throws Refusal {
        return lookedAt(config, copy, person);
      }
    };
  }

  /// Reads the state and what platforms remember where they are, and writes elsewhere.
  private Office lookedAt(SystemConfig config, Path copy, Actor person) throws Refusal {
    Path real = stateFolder(config);
    return opened(
        config,
        copy,
        read(config, real, copy),
        person,
        () ->
            platforms(
                config,
                folderOf(config.file()),
                name -> {
                  Path own = home(real, name);
                  return Files.notExists(own) ? privateFolder(home(copy, name)) : own;
                }));
  }

  private static Database read(SystemConfig config, Path real, Path copy) throws Refusal {
    try {
      return config.state().isPresent() && config.state().get() instanceof StateAt.Database shared
          ? Database.readOnly(shared.url().reveal())
          : Database.copied(real, copy);
    } catch (StoreUnavailable e) {
      throw new Refusal(Refusal.Turn.ENVIRONMENT, String.valueOf(e.getMessage()));
    }
  }

  private Office staged(
      SystemConfig config,
      Path state,
      SortedMap<String, Platform> platforms,
      Health health,
      Actor person)
      throws Refusal {
    Database database = database(config, state);
    Journal journal = journal(database);
    return new Office(
        new Parts(
            config,
            platforms,
            List.of(),
            new StoredBook(database),
            journal,
            health,
            new Bundle(state.resolve("evidence"), clock, List.of(), Bundle.USUAL_LIMIT),
            new Tellers(List.of(), state),
            new DrivenHere(database, journal, Consent.gate(config.approvals()), clock, node()),
            state,
            clock,
            person,
            database));
  }

  @Override
  public Optional<Refusal> explained(RuntimeException trouble) {
    for (@Nullable Throwable cause = trouble; cause != null; cause = cause.getCause()) {
      if (cause instanceof StoreUnavailable || cause instanceof SecretMissing) {
        return Optional.of(
            new Refusal(Refusal.Turn.ENVIRONMENT, String.valueOf(cause.getMessage())));
      }
      if (cause instanceof Journal.Unreadable) {
        return Optional.of(new Refusal(Refusal.Turn.PERSON, String.valueOf(cause.getMessage())));
      }
    }
    return Optional.empty();
  }

  private Office office(
      SystemConfig config,
      Path state,
      Database database,
      Actor person,
      SortedMap<String, Platform> platforms) {
    Path base = folderOf(config.file());
    var checks = new Checks(new Checker(version, base));
    var book = new StoredBook(database);
    Journal journal = journal(database);
    return new Office(
        new Parts(
            config,
            platforms,
            purges(config),
            book,
            journal,
            checks::measure,
            new Bundle(
                state.resolve("evidence"),
                clock,
                config.secrets().stream().map(SystemConfig.SecretUse::secret).toList(),
                Bundle.USUAL_LIMIT),
            new Tellers(tellers(config), base),
            new DrivenHere(database, journal, Consent.gate(config.approvals()), clock, node()),
            state,
            clock,
            person,
            database));
  }

  private static List<Purge> purges(SystemConfig config) {
    return config.purge().stream()
        .<Purge>map(p ->
            switch (p.keeper()) {
              case SystemConfig.Keeper.Cloudflare c ->
                  new CloudflarePurge(p.component(), c.zone(), c.what(), c.token(), c.baseUrl());
              case SystemConfig.Keeper.Vercel v ->
                  new VercelPurge(
                      p.component(),
                      v.project(),
                      v.team(),
                      v.tags(),
                      v.stale(),
                      v.token(),
                      v.baseUrl());
            })
        .toList();
  }

  private static List<Teller> tellers(SystemConfig config) {
    return config.tell().stream()
        .map(t -> new Teller(t.name(), t.audience(), t.command(), t.timeout()))
        .toList();
  }

  private static String node() {
    return "process " + ProcessHandle.current().pid() + " on " + host();
  }

  /// For tests that end the process at a chosen entry.
  Journal journal(Database database) {
    // only names of runs come from it, and a strong source takes longer to get ready than a command
    return new SqlJournal(database, new Random());
  }

  SortedMap<String, Platform> platforms(SystemConfig config, Path base, Path state) throws Refusal {
    return platforms(config, base, name -> privateFolder(home(state, name)));
  }

  /// Where what a component's platform remembers is.
  private interface Homes {
    Path of(String component) throws Refusal;
  }

  private SortedMap<String, Platform> platforms(SystemConfig config, Path base, Homes homes)
      throws Refusal {
    var platforms = new TreeMap<String, Platform>();
    for (ComponentConfig<?> component : config.components().values()) {
      Path own = homes.of(component.name());
      platforms.put(component.name(), component.open(new Surroundings(base, own, clock)));
    }
    return platforms;
  }

  private static Path home(Path state, String component) {
    return state.resolve("platforms").resolve(component);
  }

  private Path stateFolder(SystemConfig config) {
    return config
        .state()
        .filter(StateAt.Folder.class::isInstance)
        .map(s -> ((StateAt.Folder) s).folder())
        .orElseGet(() -> places.state(config.scope()));
  }

  private static Database database(SystemConfig config, Path state) throws Refusal {
    try {
      return config.state().isPresent() && config.state().get() instanceof StateAt.Database shared
          ? Database.open(shared.url().reveal())
          : Database.open(state);
    } catch (StoreUnavailable e) {
      throw new Refusal(Refusal.Turn.ENVIRONMENT, String.valueOf(e.getMessage()));
    }
  }

  private static Path privateFolder(Path folder) throws Refusal {
    try {
      return Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT,
          "the state folder "
              + folder
              + " cannot be made: "
              + e
              + ". Set LASTGOOD_STATE to another");
    }
  }

  private static Path folderOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  /// Who is at the keyboard: the name they go by, and the account and host that vouch for it.
  private Actor person(Globals globals) {
    String account = System.getProperty("user.name", "unknown");
    String sudo = environment.apply("SUDO_USER");
    if (sudo != null && !sudo.isBlank()) {
      account = sudo;
    }
    String set = environment.apply("LASTGOOD_USER");
    String name = globals.person().orElse(set == null || set.isBlank() ? account : set);
    return new Actor(name, account + "@" + host());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
