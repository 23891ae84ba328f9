package dev.lastgood.provider.nginx;

import dev.lastgood.model.Doc;
import dev.lastgood.provider.ssh.HostsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Settings of the platform `nginx`.
///
/// @param path the file that is the component: the main configuration or one it includes
/// @param adopt backups that exist already, read where they are
public record NginxSettings(
    @Doc("Configuration file that is switched, e.g. /etc/nginx/sites-available/shop.") Path path,
    @Doc("Folder of the kept versions, outside what nginx includes; default: Lastgood's own state.")
        Optional<Path> versions,
    @Doc("Backup files that exist already and may be gone back to.") List<Path> adopt,
    @Doc("Number of versions to keep; default: all.") Optional<Integer> keep,
    @Doc("Main configuration file of nginx; default: /etc/nginx/nginx.conf.") Optional<Path> config,
    @Doc("The nginx program; default: nginx in its usual places.") Optional<Path> binary,
    @Doc("What nginx was started with after -p; default: what it was built with.")
        Optional<Path> prefix,
    @Doc("Its pid file; default: what the main configuration says, else /run/nginx.pid.")
        Optional<Path> pid,
    @Doc("Command that starts nginx where it does not run, as a list of words; default: refused.")
        List<String> start,
    @Doc("Error log for the evidence; default: the main one of the running nginx.")
        Optional<Path> errorLog,
    @Doc("The other hosts it is on, reached through SSH; default: this machine.")
        Optional<HostsSettings> hosts) {
  public NginxSettings {
    adopt = List.copyOf(adopt);
    start = List.copyOf(start);
  }
}
