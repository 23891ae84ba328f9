package dev.lastgood.provider.local;

import dev.lastgood.model.Doc;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// An nginx whose `upstream` block stands in a file of its own.
///
/// @param file the file with the upstream block; Lastgood owns it
/// @param upstream name of the block
/// @param options further directives of the block, e.g. `keepalive 16`
/// @param readBack URL that answers with the address in use; empty: the workers' age tells
public record NginxProxySettings(
    @Doc(
            "File that holds the upstream block, and nothing else; the main configuration includes it.")
        Path file,
    @Doc("Name of the upstream.") String upstream,
    @Doc("Main configuration file of nginx; default: /etc/nginx/nginx.conf.") Optional<Path> config,
    @Doc("The nginx program; default: nginx in its usual places.") Optional<Path> binary,
    @Doc("What nginx was started with after -p; default: what it was built with.")
        Optional<Path> prefix,
    @Doc("Its pid file; default: what the main configuration says, else /run/nginx.pid.")
        Optional<Path> pid,
    @Doc("Further directives of the upstream block, without semicolon, e.g. keepalive 16.")
        List<String> options,
    @Doc("URL that answers with the address in use, e.g. a location that returns $lastgood_NAME.")
        Optional<String> readBack)
    implements ProxySettings {
  public NginxProxySettings {
    options = List.copyOf(options);
  }

  @Override
  public Proxy open(Surroundings surroundings) {
    if (upstream.isEmpty() || !upstream.chars().allMatch(NginxProxySettings::plain)) {
      throw new BadSettings(
          "upstream", "`" + upstream + "` is no name: letters, digits, `_`, `-` and `.` are known");
    }
    for (String option : options) {
      if (option.isBlank() || option.chars().anyMatch(c -> "{};#\n\r".indexOf(c) >= 0)) {
        throw new BadSettings("options", "`" + option + "` is not one directive without semicolon");
      }
      if (option.strip().startsWith("server ")) {
        throw new BadSettings("options", "the server of the upstream is what Lastgood switches");
      }
    }
    return new NginxProxy(
        surroundings.base().resolve(file).toAbsolutePath().normalize(),
        new NginxSnippet(upstream, options),
        Nginx.at(surroundings, binary, config, prefix, pid),
        readBack.map(ReadBack::of));
  }

  private static boolean plain(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || "_-.".indexOf(c) >= 0);
  }
}
