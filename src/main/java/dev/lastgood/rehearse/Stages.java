package dev.lastgood.rehearse;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.ecs.EcsSettings;
import dev.lastgood.provider.envfile.EnvFileSettings;
import dev.lastgood.provider.git.GitSettings;
import dev.lastgood.provider.github.GithubActionsSettings;
import dev.lastgood.provider.heroku.HerokuSettings;
import dev.lastgood.provider.launchdarkly.LaunchDarklySettings;
import dev.lastgood.provider.mongodb.AtlasSettings;
import dev.lastgood.provider.railway.RailwaySettings;
import dev.lastgood.provider.release.ReleaseDirectorySettings;
import dev.lastgood.provider.supabase.SupabaseSettings;
import dev.lastgood.provider.unleash.UnleashSettings;
import dev.lastgood.provider.vercel.VercelSettings;
import dev.lastgood.rehearsal.PlayedEcs;
import dev.lastgood.rehearsal.PlayedHeroku;
import dev.lastgood.rehearsal.PlayedLaunchDarkly;
import dev.lastgood.rehearsal.PlayedLaunchDarkly.Variation;
import dev.lastgood.rehearsal.PlayedRailway;
import dev.lastgood.rehearsal.PlayedUnleash;
import dev.lastgood.rehearsal.PlayedVercel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Every platform that can be put on a stage, by its word in the YAML.
final class Stages {
  /// The token of every played platform: it opens nothing.
  static final Secret TOKEN = new Secret("of the rehearsal", () -> "rehearsed");

  private Stages() {}

  /// @param folder of its own, empty
  interface Stage<S extends Record> {
    Staged<S> set(S settings, Seed seed, Path folder, InstantSource clock) throws IOException;
  }

  /// A new played platform is one line here.
  private static final Map<String, Stage<?>> ALL =
      Map.ofEntries(
          Map.entry("vercel", (Stage<VercelSettings>) Stages::vercel),
          Map.entry("railway", (Stage<RailwaySettings>) Stages::railway),
          Map.entry("heroku", (Stage<HerokuSettings>) Stages::heroku),
          Map.entry("ecs", (Stage<EcsSettings>) Stages::ecs),
          Map.entry("supabase", (Stage<SupabaseSettings>) Databases::supabase),
          Map.entry("mongodb-atlas", (Stage<AtlasSettings>) Databases::atlas),
          Map.entry("unleash", (Stage<UnleashSettings>) Stages::unleash),
          Map.entry("launchdarkly", (Stage<LaunchDarklySettings>) Stages::launchDarkly),
          Map.entry("release-directory", (Stage<ReleaseDirectorySettings>) Folders::releases),
          Map.entry("env-file", (Stage<EnvFileSettings>) Folders::variables),
          Map.entry(
              "github-actions",
              (Stage<GithubActionsSettings>)
                  (real, seed, _, clock) -> Repositories.actions(real, seed, clock, TOKEN)),
          Map.entry(
              "git",
              (Stage<GitSettings>)
                  (real, _, folder, clock) -> Repositories.git(real, folder, clock, TOKEN)));

  /// A commit is named by what it contains: those of the real repository cannot be made up.
  private static final Set<String> MADE_UP = Set.of("git");

  static Optional<Stage<?>> of(String platform) {
    return Optional.ofNullable(ALL.get(platform));
  }

  /// Whether the real platform is asked for the names of its releases.
  static boolean takesRealNames(String platform) {
    return !MADE_UP.contains(platform);
  }

  private static Staged<VercelSettings> vercel(
      VercelSettings real, Seed seed, Path folder, InstantSource clock) throws IOException {
    String project = real.project().replaceFirst("^prj_", "");
    var played =
        new PlayedVercel(
            TOKEN.reveal(),
            real.team().orElse("rehearsed").replaceFirst("^team_", ""),
            project,
            List.of(real.domain().orElse("rehearsed.example")),
            clock);
    played.limit(PlayedVercel.quota());
    played.served(seed.good(), "c0ffee1");
    var settings =
        new VercelSettings(
            project,
            real.team().map(t -> t.replaceFirst("^team_", "")),
            TOKEN,
            Optional.empty(),
            real.versionFrom(),
            real.depth(),
            Optional.of(played.url().toString()),
            real.timeout(),
            real.deadline());
    return new Staged<>(
        settings,
        Optional.of(played),
        () -> played.served(seed.bad(), "badc0de"),
        real.domain().map(d -> "that " + d + " serves it: the domain was not asked").stream()
            .toList());
  }

  private static Staged<RailwaySettings> railway(
      RailwaySettings real, Seed seed, Path folder, InstantSource clock) throws IOException {
    boolean project =
        real.tokenKind().filter(k -> k == RailwaySettings.TokenKind.PROJECT).isPresent();
    var played = new PlayedRailway(TOKEN.reveal(), project, clock);
    played.limit(PlayedRailway.quota(real.requestsPerHour().orElse(1000)));
    played.deployed(seed.good(), "c0ffee1");
    var settings =
        new RailwaySettings(
            "p",
            "e",
            "s",
            TOKEN,
            real.tokenKind(),
            real.hold(),
            Optional.of(shorter(real.settle().orElse(Duration.ofSeconds(10)))),
            real.requestsPerHour(),
            real.maintenance(),
            Optional.of(played.url() + "/graphql/v2"),
            real.timeout());
    return new Staged<>(
        settings,
        Optional.of(played),
        () -> played.deployed(seed.bad(), "badc0de"),
        List.of("the ids of project, environment and service"));
  }

  static Duration shorter(Duration real) {
    Duration most = Duration.ofMillis(500);
    return real.compareTo(most) > 0 ? most : real;
  }

  private static Staged<HerokuSettings> heroku(
      HerokuSettings real, Seed seed, Path folder, InstantSource clock) throws IOException {
    var played = new PlayedHeroku(TOKEN.reveal(), real.app(), clock);
    played.limit(PlayedHeroku.quota());
    played.deployed("c0ffee1");
    var settings =
        new HerokuSettings(
            real.app(), TOKEN, real.depth(), Optional.of(played.url().toString()), real.timeout());
    return new Staged<>(settings, Optional.of(played), () -> played.deployed("badc0de"), List.of());
  }

  private static Staged<EcsSettings> ecs(
      EcsSettings real, Seed seed, Path folder, InstantSource clock) throws IOException {
    var played = new PlayedEcs(TOKEN.reveal(), real.cluster(), real.service(), clock);
    // A task definition is named FAMILY:NUMBER.
    played.deployed(seed.isMadeUp() ? "rehearsed:1" : seed.good());
    var settings =
        new EcsSettings(
            real.cluster(),
            real.service(),
            real.region(),
            Optional.of(TOKEN),
            Optional.of(TOKEN),
            Optional.empty(),
            real.depth(),
            Optional.of(played.url().toString()),
            real.timeout());
    return new Staged<>(
        settings,
        Optional.of(played),
        () -> played.deployed(seed.isMadeUp() ? "rehearsed:2" : seed.bad()),
        List.of(
            "that the old image is still there and its tasks start",
            "that the service deploys by itself, and not through CodeDeploy"));
  }

  private static Staged<UnleashSettings> unleash(
      UnleashSettings real, Seed seed, Path folder, InstantSource clock) throws IOException {
    var played = new PlayedUnleash(TOKEN.reveal());
    played.flag(real.flag(), false);
    var settings =
        new UnleashSettings(
            played.url().toString(),
            real.flag(),
            Optional.empty(),
            Optional.empty(),
            TOKEN,
            real.timeout());
    return new Staged<>(
        settings,
        Optional.of(played),
        () -> played.flag(real.flag(), true),
        List.of("that there are such a project and environment"));
  }

  private static Staged<LaunchDarklySettings> launchDarkly(
      LaunchDarklySettings real, Seed seed, Path folder, InstantSource clock) throws IOException {
    var played = new PlayedLaunchDarkly(TOKEN.reveal());
    turned(played, real.flag(), false);
    var settings =
        new LaunchDarklySettings(
            real.flag(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            TOKEN,
            real.ignoreConflicts(),
            Optional.of(played.url().toString()),
            real.timeout());
    return new Staged<>(
        settings,
        Optional.of(played),
        () -> turned(played, real.flag(), true),
        List.of("its project, its environment, and what its variations serve"));
  }

  private static void turned(PlayedLaunchDarkly played, String flag, boolean on) {
    played.flag(
        flag, on, List.of(new Variation("", true), new Variation("", false)), Optional.of(1));
  }
}
