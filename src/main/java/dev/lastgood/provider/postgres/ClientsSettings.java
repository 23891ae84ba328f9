package dev.lastgood.provider.postgres;

import dev.lastgood.model.Doc;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How clients are led from the primary to the replica, and back: by the file that tells them where
/// the database is. Either PgBouncer reads it or the applications do.
public record ClientsSettings(
    @Doc(
            "File of PgBouncer with the line of the database in [databases]: pgbouncer.ini, or one that it includes; with the console under `pgbouncer`.")
        Optional<Path> pgbouncerFile,
    @Doc("Env file in which the applications find the URL of the database.") Optional<Path> envFile,
    @Doc("Name of the variable in it; default: DATABASE_URL.") Optional<String> variable,
    @Doc("Command that makes the applications read the env file, as a list of words.")
        List<String> reload,
    @Doc("host:port of the primary as that file has it; default: as in `url`.")
        Optional<String> primaryAt,
    @Doc("host:port of the replica as that file has it; default: as in `replica.url`.")
        Optional<String> replicaAt) {
  public ClientsSettings {
    reload = List.copyOf(reload);
  }
}
