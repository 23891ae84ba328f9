package dev.lastgood.provider.envfile;

import dev.lastgood.model.Doc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Settings of the platform `env-flag`.
public record EnvFlagSettings(
    @Doc("File of NAME=value lines the variable stands in, e.g. /var/www/shop/.env.production.")
        Path path,
    @Doc("Name of the variable, e.g. ENABLE_NEW_PAYMENT_FLOW.") String variable,
    @Doc("Its value when the flag is on; default: true.") Optional<String> on,
    @Doc("Its value when the flag is off; default: false.") Optional<String> off,
    @Doc(
            "Command that starts anew what reads the variable, e.g. [systemctl, restart, shop]; without"
                + " it somebody else must.")
        List<String> restart,
    @Doc(
            "Command that prints the value which the running program has, as proof that the restart"
                + " took.")
        List<String> reads,
    @Doc("Time-out of restart; default: 2m.") Optional<Duration> restartTimeout,
    @Doc(
            "How long what was started anew may take, after that, until it is seen to have the value;"
                + " default: 60s.")
        Optional<Duration> readsWithin,
    @Doc("How long users are without it while it restarts; default: none.")
        Optional<Duration> downtime) {
  public EnvFlagSettings {
    restart = List.copyOf(restart);
    reads = List.copyOf(reads);
  }
}
