package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Secret;
import dev.lastgood.model.Text;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.Site;
import java.nio.file.Path;
import java.util.Optional;

/// How a cluster is reached. Named in the configuration, never guessed from the environment.
sealed interface Access {
  /// What to call it in a message.
  String words();

  /// The words of kubectl that choose the same cluster, with a blank before each; for people.
  String kubectl();

  /// What must never be shown; empty: none is known to us.
  default Optional<String> secret() {
    return Optional.empty();
  }

  /// As the settings of a component name it.
  ///
  /// @throws BadSettings if they contradict each other
  static Access of(
      Surroundings here,
      Optional<Path> kubeconfig,
      Optional<String> context,
      Optional<String> server,
      Optional<Secret> token,
      Optional<Path> ca) {
    if (server.isEmpty()) {
      if (token.isPresent() || ca.isPresent()) {
        throw new BadSettings("server", "`token` and `ca` belong to `server`, and there is none");
      }
      return new File(
          kubeconfig
              .map(k -> here.base().resolve(k).toAbsolutePath().normalize())
              .orElseGet(() -> Path.of(System.getProperty("user.home"), ".kube", "config")),
          context);
    }
    if (kubeconfig.isPresent() || context.isPresent()) {
      throw new BadSettings("server", "give `server`, or `kubeconfig` and `context`, not both");
    }
    return new Direct(
        base(server.get()),
        token.orElseThrow(() -> new BadSettings("token", "`server` needs a `token`")),
        ca.map(c -> here.base().resolve(c).toAbsolutePath().normalize()));
  }

  private static String base(String server) {
    try {
      return Site.base(Optional.of(server), "https://10.0.0.1:6443").toString();
    } catch (BadSettings e) {
      throw new BadSettings("server", String.valueOf(e.getMessage()));
    }
  }

  record Direct(String server, Secret token, Optional<Path> ca) implements Access {
    @Override
    public String words() {
      return server;
    }

    @Override
    public String kubectl() {
      return " --server " + Text.shellWord(server);
    }

    @Override
    public Optional<String> secret() {
      return Optional.of(token.reveal()).filter(t -> !t.isEmpty());
    }
  }

  /// @param context empty: the file's current one
  record File(Path path, Optional<String> context) implements Access {
    @Override
    public String words() {
      return path + context.map(c -> ", context " + c).orElse("");
    }

    @Override
    public String kubectl() {
      return " --kubeconfig "
          + Text.shellWord(path.toString())
          + context.map(c -> " --context " + Text.shellWord(c)).orElse("");
    }
  }
}
