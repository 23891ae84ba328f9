package dev.lastgood.provider.postgres;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Address;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// The sources on other servers, out of the settings.
record ElsewhereParts(
    String component,
    PostgresSettings settings,
    Surroundings here,
    Server server,
    Programs programs,
    int jobs) {
  static void check(PostgresSettings settings) {
    boolean onlyAPoint =
        settings.keeps(SnapshotAs.POINT)
            && !settings.keeps(SnapshotAs.DUMP)
            && !settings.keeps(SnapshotAs.COPY);
    if (onlyAPoint && settings.replica().isEmpty() && settings.archive().isEmpty()) {
      throw new BadSettings(
          "snapshot-as", "a point alone needs a `replica` or an `archive` that can bring it back");
    }
    settings
        .replica()
        .filter(r -> r.restart().isEmpty())
        .ifPresent(_ -> {
          throw new BadSettings(
              "replica.restart",
              "a recovery target is read at the start only, so say how it is restarted");
        });
    settings
        .replica()
        .flatMap(ReplicaSettings::clients)
        .ifPresent(c -> check(c, settings.pgbouncer().isPresent()));
    settings.archive().ifPresent(ElsewhereParts::check);
  }

  private static void check(ClientsSettings clients, boolean pooler) {
    if (clients.pgbouncerFile().isPresent() == clients.envFile().isPresent()) {
      throw new BadSettings(
          "replica.clients", "name either a `pgbouncer-file` or an `env-file` that leads clients");
    }
    if (clients.pgbouncerFile().isPresent() && !pooler) {
      throw new BadSettings(
          "replica.clients.pgbouncer-file",
          "needs the console of that PgBouncer under `pgbouncer`");
    }
    if (clients.envFile().isPresent() == clients.reload().isEmpty()) {
      throw new BadSettings(
          "replica.clients.reload",
          "is the command that makes the applications read the env file; PgBouncer needs none");
    }
    check("replica.clients.primary-at", clients.primaryAt());
    check("replica.clients.replica-at", clients.replicaAt());
  }

  private static void check(String key, Optional<String> place) {
    if (place.isPresent() && Address.parse(place.get()).isEmpty()) {
      throw new BadSettings(key, place.get() + " is no host:port");
    }
  }

  /// The two servers, when clients can be led from one to the other.
  ///
  /// @param primary whatever clients are led to now
  /// @param bouncer before the database
  static Optional<Pair> pair(
      PostgresSettings settings, Surroundings here, Server primary, Optional<Bouncer> bouncer) {
    return settings
        .replica()
        .flatMap(r ->
            r.clients()
                .map(c ->
                    new Pair(
                        primary,
                        new Server(r.url(), settings.maintenance().orElse("postgres")),
                        c.primaryAt().flatMap(Address::parse),
                        c.replicaAt().flatMap(Address::parse),
                        post(c, settings, here, bouncer))));
  }

  private static Signpost post(
      ClientsSettings clients,
      PostgresSettings settings,
      Surroundings here,
      Optional<Bouncer> bouncer) {
    return clients
        .pgbouncerFile()
        .<Signpost>map(f ->
            new PoolerPost(
                here.base().resolve(f).toAbsolutePath().normalize(),
                settings.url(),
                bouncer.orElseThrow()))
        .orElseGet(() ->
            new EnvPost(
                here.base().resolve(clients.envFile().orElseThrow()).toAbsolutePath().normalize(),
                clients.variable().orElse("DATABASE_URL"),
                clients.reload()));
  }

  private static void check(ArchiveSettings archive) {
    boolean base = archive.base().isPresent() && archive.restoreCommand().isPresent();
    boolean half = archive.base().isPresent() != archive.restoreCommand().isPresent();
    if (half || base == archive.stanza().isPresent()) {
      throw new BadSettings(
          "archive", "name either a `stanza` of pgBackRest, or a `base` and its `restore-command`");
    }
    for (String time : archive.times()) {
      try {
        Instant.parse(time);
      } catch (DateTimeParseException e) {
        throw new BadSettings("archive.times", time + " is no moment like 2026-11-21T10:10:00Z");
      }
    }
  }

  Optional<Replica> replica() {
    return settings
        .replica()
        .map(r ->
            new Replica(r, new Server(r.url(), settings.maintenance().orElse("postgres")), server));
  }

  Optional<Archive> archive() {
    return settings
        .archive()
        .map(a ->
            new Archive(
                a,
                a.folder()
                    .map(this::absolute)
                    .orElse(here.state().toAbsolutePath().resolve("archive"))
                    .resolve(component),
                a.base().map(this::absolute),
                a.stanza().map(s -> new Backups(s, a.config().map(this::absolute), RunAs.of(a))),
                programs,
                server,
                jobs));
  }

  private Path absolute(Path path) {
    return here.base().resolve(path).toAbsolutePath().normalize();
  }
}
