package dev.lastgood.provider.postgres;

import dev.lastgood.model.Doc;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// An archive of the write-ahead log with base backups: pgBackRest's, or one of your own.
public record ArchiveSettings(
    @Doc("pgBackRest's name of the server, e.g. main; or `base` and `restore-command`.")
        Optional<String> stanza,
    @Doc("Configuration of pgBackRest; default: its own, /etc/pgbackrest.conf.")
        Optional<Path> config,
    @Doc("Folder of a base backup made by pg_basebackup (plain), instead of pgBackRest.")
        Optional<Path> base,
    @Doc("PostgreSQL's restore_command for that base backup, with %f and %p.")
        Optional<String> restoreCommand,
    @Doc(
            "Moments that may be gone back to besides snapshots, e.g. 2026-11-21T10:10:00Z; each is a release.")
        List<String> times,
    @Doc(
            "Folder for the throwaway server, with room for the whole cluster, which `as` can reach; default: Lastgood's own state.")
        Optional<Path> folder,
    @Doc(
            "User of this machine who runs the throwaway server and pgBackRest when Lastgood is root; default: postgres.")
        Optional<String> as) {
  public ArchiveSettings {
    times = List.copyOf(times);
  }
}
