package dev.lastgood.provider.local;

import dev.lastgood.model.Doc;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;
import java.util.Optional;

/// An nginx whose `upstream` block stands in a file of its own.
///
/// @param file the file with the upstream block; Lastgood owns it
/// @param upstream name of the block
/// @param config main configuration, for `nginx -t -c`
/// @param binary default `nginx`
/// @param readBack URL that answers with the version of the configuration in use
public record NginxProxySettings(
    @Doc("File that holds the upstream block, and nothing else.") Path file,
    @Doc("Name of the upstream.") String upstream,
    @Doc("Main configuration file of nginx.") Path config,
    @Doc("The nginx program; default: nginx.") Optional<Path> binary,
    @Doc("URL that answers with the address in use.") Optional<String> readBack)
    implements ProxySettings {
  @Override
  public Proxy open(Surroundings surroundings) {
    throw new UnsupportedOperationException("nginx proxy at " + file);
  }
}
