package dev.lastgood.provider.kubernetes;

import dev.lastgood.model.Secret;
import dev.lastgood.model.Text;
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
