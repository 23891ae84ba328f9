package dev.lastgood.provider.envfile;

import dev.lastgood.model.Doc;
import dev.lastgood.provider.ssh.HostsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Settings of the platform `env-file`.
///
/// @param adopt backups that exist already, read where they are
public record EnvFileSettings(
    @Doc("File of NAME=value lines, e.g. /var/www/shop/.env.production.") Path path,
    @Doc("Folder of the kept versions; default: Lastgood's own state.") Optional<Path> versions,
    @Doc("Variables without which a version is never made live.") List<String> required,
    @Doc("Backup files that exist already and may be gone back to.") List<Path> adopt,
    @Doc("Number of versions to keep; default: all.") Optional<Integer> keep,
    @Doc("The other hosts it is on, reached through SSH; default: this machine.")
        Optional<HostsSettings> hosts) {
  public EnvFileSettings {
    required = List.copyOf(required);
    adopt = List.copyOf(adopt);
  }
}
