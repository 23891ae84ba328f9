package dev.lastgood.provider.postgres;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// `platform: postgres`.
public final class PostgresKind implements PlatformKind<PostgresSettings> {
  private static final int MOST_JOBS = 64;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public Class<PostgresSettings> settings() {
    return PostgresSettings.class;
  }

  @Override
  public Platform open(String component, PostgresSettings settings, Surroundings here) {
    return open(component, settings, here, _ -> {});
  }

  /// @param stops told where the process could be killed while it goes over to the replica
  Platform open(
      String component, PostgresSettings settings, Surroundings here, Crossing.Stops stops) {
    check(settings);
    var primary = new Server(settings.url(), settings.maintenance().orElse("postgres"));
    var programs = new Programs(settings.programs().map(p -> absolute(here, p)));
    Optional<Bouncer> bouncer =
        settings
            .pgbouncer()
            .map(u ->
                new Bouncer(
                    u, here.state().toAbsolutePath().resolve("paused-" + component), programs));
    Optional<Pair> pair = ElsewhereParts.pair(settings, here, primary, bouncer);
    Server server = pair.map(p -> led(p, settings)).orElse(primary);
    var snapshots =
        new Snapshots(
            settings
                .snapshots()
                .map(p -> absolute(here, p))
                .orElse(here.state().resolve("snapshots").toAbsolutePath()));
    var dumps =
        new Dumps(
            settings.dumps().stream().map(p -> absolute(here, p)).toList(),
            programs,
            here.state().toAbsolutePath());
    int jobs = settings.jobs().orElse(usualJobs());
    var elsewhere = new ElsewhereParts(component, settings, here, server, programs, jobs);
    var history = new History(here.state().resolve("restored-" + component + ".json"));
    var holding = new Holding(bouncer, Deeds.writersWait(settings));
    var carrying =
        new CarryingOver(
            server,
            here.state().resolve("left-out").toAbsolutePath(),
            snapshots,
            here.clock(),
            settings.stateTables());
    var known =
        new Sources(
            snapshots, dumps, elsewhere.replica(), elsewhere.archive(), _ -> Optional.empty());
    var crossing =
        new CrossingPlans(
            pair.map(p ->
                new Crossing.Parts(
                    component,
                    p,
                    elsewhere.replica().orElseThrow(),
                    known,
                    carrying,
                    holding,
                    history,
                    Deeds.writersWait(settings),
                    new Telling(here.state().toAbsolutePath().resolve("telling-" + component)),
                    here.clock(),
                    stops)),
            settings.carryOver().orElse(true),
            settings.exact().orElse(false));
    Sources sources = known.with(crossing);
    var baselines = new Baselines(here.state().resolve("baselines"));
    var restoring = new Restoring(server, programs, dumps, jobs, here.clock());
    var copies = new Copies(server, restoring);
    var slots = new Slots(server, settings.migrators(), settings.stateTables());
    return new PostgresPlatform(
        component,
        server,
        sources,
        new Taking(
            component,
            server,
            programs,
            snapshots,
            jobs,
            settings.exact().filter(e -> e).map(_ -> slots),
            here.clock(),
            new Besides(settings, copies, new Points(server, here.clock()), elsewhere.replica())),
        copies,
        history,
        here.clock(),
        new Deeds(
            component,
            server,
            sources,
            restoring,
            new Elsewhere(
                programs,
                here.state().toAbsolutePath().resolve("fetched").resolve(component),
                jobs,
                elsewhere.replica(),
                elsewhere.archive()),
            history,
            new Switching(server, Deeds.writersWait(settings), here.clock()),
            carrying,
            Deeds.writersWait(settings),
            holding,
            baselines,
            here.clock()),
        new TablePlanning(
            component,
            server,
            sources,
            history,
            new Counting(server, settings.stateTables()),
            carrying,
            Deeds.writersWait(settings),
            settings.carryOver().orElse(true)),
        new TableDeeds(
            server,
            sources,
            new Bringing(
                server,
                programs,
                here.state().toAbsolutePath().resolve("tables").resolve(component),
                jobs,
                here.clock()),
            carrying,
            new TableSwitch(server, Deeds.writersWait(settings), here.clock())),
        baselines,
        settings.migrations().map(m -> new Verdicts(server, m, here.base())),
        holding,
        crossing,
        settings);
  }

  /// The server clients are led to, asked each time.
  private static Server led(Pair pair, PostgresSettings settings) {
    return new Server(
        new Secret(
            settings.url().reference(),
            () ->
                (pair.live() == pair.primary()
                        ? settings.url()
                        : settings.replica().orElseThrow().url())
                    .reveal()),
        settings.maintenance().orElse("postgres"));
  }

  /// The server works for its users meanwhile.
  private static int usualJobs() {
    return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 2, 4);
  }

  private static void check(PostgresSettings settings) {
    settings.migrations().ifPresent(PostgresKind::check);
    ElsewhereParts.check(settings);
    if (settings.keep().filter(k -> k < 1).isPresent()) {
      throw new BadSettings("keep", "at least 1 snapshot is kept");
    }
    if (settings.jobs().filter(j -> j < 1 || j > MOST_JOBS).isPresent()) {
      throw new BadSettings("jobs", "from 1 to " + MOST_JOBS);
    }
    settings
        .writersWait()
        .filter(w -> w.compareTo(Duration.ofMillis(200)) < 0 || w.compareTo(LONGEST_WAIT) > 0)
        .ifPresent(_ -> {
          throw new BadSettings("writers-wait", "from 200ms to 5m");
        });
    if (settings.maintenance().filter(String::isBlank).isPresent()) {
      throw new BadSettings("maintenance", "is the name of a database");
    }
  }

  private static void check(MigrationSettings migrations) {
    if (migrations.releases().isPresent() == migrations.repository().isPresent()) {
      throw new BadSettings(
          "migrations", "say where releases are: either `releases` or `repository`");
    }
    Path folder = Path.of(migrations.folder());
    if (folder.isAbsolute() || folder.normalize().startsWith("..")) {
      throw new BadSettings("migrations.folder", "is a folder within a release");
    }
    migrations
        .lockWait()
        .filter(w -> w.compareTo(Duration.ofMillis(50)) < 0 || w.compareTo(LONGEST_WAIT) > 0)
        .ifPresent(_ -> {
          throw new BadSettings("migrations.lock-wait", "from 50ms to 5m");
        });
  }

  private static Path absolute(Surroundings here, Path path) {
    return here.base().resolve(path).toAbsolutePath().normalize();
  }
}
