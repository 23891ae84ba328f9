package dev.lastgood.provider.mongodb;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Digest;
import dev.lastgood.provider.http.Pace;
import dev.lastgood.provider.http.Site;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.TreeMap;

/// `platform: mongodb-atlas`.
public final class AtlasKind implements PlatformKind<AtlasSettings> {
  private static final String VERSION = "application/vnd.atlas.2024-08-05+json";

  @Override
  public String name() {
    return "mongodb-atlas";
  }

  @Override
  public Class<AtlasSettings> settings() {
    return AtlasSettings.class;
  }

  @Override
  public Platform open(String component, AtlasSettings settings, Surroundings here) {
    if (settings.project().isBlank() || settings.cluster().isBlank()) {
      throw new BadSettings("cluster", "name the project by its id, and the cluster");
    }
    URI base = Site.base(settings.baseUrl(), "https://cloud.mongodb.com");
    Duration patience = Site.patience(settings.timeout());
    var pace = new Pace(20, Duration.ofMillis(600));
    var api = new Api(site(settings, base, patience, pace, here));
    return new AtlasPlatform(
        component,
        settings.cluster(),
        new AtlasApi(api, settings.project()),
        new ConnectionFile(
            here.base().resolve(settings.connection().file()).toAbsolutePath().normalize(),
            settings.connection().variable().orElse("MONGODB_URI")),
        new Moments(here.state().resolve("atlas-" + component + ".moments")),
        here.state().resolve("atlas-" + component + ".lock"),
        here.clock());
  }

  /// @throws BadSettings if nobody is named to ask as, or two are
  private static Site site(
      AtlasSettings settings, URI base, Duration patience, Pace pace, Surroundings here) {
    if (settings.serviceAccount().isPresent() == settings.apiKey().isPresent()) {
      throw new BadSettings(
          "service-account", "name a `service-account` or an `api-key`, and not both");
    }
    if (settings.apiKey().isPresent()) {
      AtlasSettings.ApiKey key = settings.apiKey().get();
      return site(
          base, "", key.privateKey(), patience, pace, Optional.of(new Digest(key.publicKey())));
    }
    AtlasSettings.ServiceAccount account = settings.serviceAccount().orElseThrow();
    Secret secret = account.secret();
    var basic =
        new Secret(
            secret.reference(),
            () ->
                Base64.getEncoder()
                    .encodeToString(
                        (account.id() + ":" + secret.reveal()).getBytes(StandardCharsets.UTF_8)));
    var token =
        new AtlasToken(
            new Api(site(base, "Basic ", basic, patience, pace, Optional.empty())), here.clock());
    return site(
        base, "Bearer ", token.secret(secret.reference()), patience, pace, Optional.empty());
  }

  private static Site site(
      URI base,
      String prefix,
      Secret token,
      Duration patience,
      Pace pace,
      Optional<Digest> digest) {
    var headers = new TreeMap<String, String>();
    headers.put("Accept", VERSION);
    return new Site(
        "Atlas",
        base,
        "Authorization",
        prefix,
        token,
        headers,
        patience,
        pace,
        body ->
            (body.path("errorCode").asString("") + " " + body.path("detail").asString("")).strip(),
        digest);
  }

  static Optional<String> shortName(String cluster, String snapshot) {
    String end = snapshot.length() > 8 ? snapshot.substring(snapshot.length() - 8) : snapshot;
    String name = cluster + "-" + end;
    return name.length() <= 64 ? Optional.of(name) : Optional.empty();
  }
}
