package dev.lastgood.provider.postgres;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A physical replica that is kept for going back: at each snapshot it is armed to stop there.
public record ReplicaSettings(
    @Doc(
            "Where it is: postgres://user:password@host:port/database, a superuser of it, for alter system.")
        Secret url,
    @Doc(
            "Command that restarts it, as a list of words, e.g. [pg_ctlcluster, \"15\", standby, restart].")
        List<String> restart,
    @Doc("How long it may take to come up after a restart; default: 2m.")
        Optional<Duration> startsWithin,
    @Doc(
            "How clients are led to it, when it is gone over to; without, it is only read and stays a replica.")
        Optional<ClientsSettings> clients) {
  public ReplicaSettings {
    restart = List.copyOf(restart);
  }

  /// One that is only read.
  public ReplicaSettings(Secret url, List<String> restart, Optional<Duration> startsWithin) {
    this(url, restart, startsWithin, Optional.empty());
  }
}
