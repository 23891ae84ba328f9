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
        Optional<Duration> startsWithin) {
  public ReplicaSettings {
    restart = List.copyOf(restart);
  }
}
