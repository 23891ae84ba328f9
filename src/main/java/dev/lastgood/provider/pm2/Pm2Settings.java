package dev.lastgood.provider.pm2;

import dev.lastgood.model.Doc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Settings of the platform `pm2`.
public record Pm2Settings(
    @Doc("Exact names of the apps; no other app is touched.") List<String> apps,
    @Doc("Folder whose folders are the releases.") Path releases,
    @Doc("Ecosystem file within a release; default ecosystem.config.js.")
        Optional<String> ecosystem,
    @Doc("How to call PM2, as words; default pm2.") List<String> pm2,
    @Doc("PM2_HOME of the daemon; default .pm2 in the home of the user.") Optional<Path> home,
    @Doc("Variables for PM2 and the apps; nothing else of Lastgood's own reaches them.")
        Map<String, String> env,
    @Doc("An app counts as running after this long without a restart; default 5s.")
        Optional<Duration> steady,
    @Doc("Time-out of one PM2 command; default 30s.") Optional<Duration> timeout) {
  public Pm2Settings {
    apps = List.copyOf(apps);
    pm2 = List.copyOf(pm2);
    env = Map.copyOf(env);
  }
}
