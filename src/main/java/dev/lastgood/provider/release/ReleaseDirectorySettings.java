package dev.lastgood.provider.release;

import dev.lastgood.model.Doc;
import dev.lastgood.provider.local.ProxySettings;
import dev.lastgood.provider.local.ServiceSettings;
import dev.lastgood.provider.ssh.HostsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Settings of `platform: release-directory`.
///
/// @param path where everything else starts; relative to the configuration file
/// @param releases folder of the releases; default `releases`
/// @param current the link to the live one; default `current`
/// @param adopt whether `current` may still be a folder: the first switch then makes a release of
///   it, see [Adoption]
/// @param keep how many releases stay when old ones are removed; empty: nothing is ever removed
/// @param versionFile file within a release whose first line is its version
/// @param logs files to keep as evidence, also as globs; relative to `path`
/// @param service what runs out of the live release; empty: files alone
/// @param proxy what leads the traffic to the service
/// @param hosts other machines; `service` is then of the kind `command`, and there is no `proxy`
/// @param drain how long connections to the old instance may take to end; default 10s
@Doc("Releases are folders side by side; a link says which one is live.")
public record ReleaseDirectorySettings(
    @Doc("Folder in which everything below is found.") Path path,
    @Doc("Folder of the releases; default: releases.") Optional<Path> releases,
    @Doc("The link to the live release; default: current.") Optional<Path> current,
    @Doc("Whether a live folder may be made a release, with a link in its place.")
        Optional<Boolean> adopt,
    @Doc("How many releases to keep; older ones are removed after a proven run.")
        Optional<Integer> keep,
    @Doc("File within a release whose first line is its version.") Optional<Path> versionFile,
    @Doc("Log files to keep as evidence; * and ** as in a shell.") List<String> logs,
    @Doc("What runs out of the live release.") Optional<ServiceSettings> service,
    @Doc("What leads the traffic to the service.") Optional<ProxySettings> proxy,
    @Doc("How long connections to the old instance may take to end; default 10s.")
        Optional<Duration> drain,
    @Doc("The other hosts they are on, reached through SSH; default: this machine.")
        Optional<HostsSettings> hosts) {
  public ReleaseDirectorySettings {
    logs = List.copyOf(logs);
  }
}
