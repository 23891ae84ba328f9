package dev.lastgood.provider.mongodb;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformKind;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.http.Api;
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
    Secret secret = settings.serviceAccount().secret();
    String id = settings.serviceAccount().id();
    var basic =
        new Secret(
            secret.reference(),
            () ->
                Base64.getEncoder()
                    .encodeToString((id + ":" + secret.reveal()).getBytes(StandardCharsets.UTF_8)));
    var pace = new Pace(20, Duration.ofMillis(600));
    Duration patience = Site.patience(settings.timeout());
    var token = new AtlasToken(new Api(site(base, "Basic ", basic, patience, pace)), here.clock());
    var api = new Api(site(base, "Bearer ", token.secret(secret.reference()), patience, pace));
    return new AtlasPlatform(
        component,
        settings.cluster(),
        new AtlasApi(api, settings.project()),
        new ConnectionFile(
            here.base().resolve(settings.connection().file()).toAbsolutePath().normalize(),
            settings.connection().variable().orElse("MONGODB_URI")),
        here.state().resolve("atlas-" + component + ".lock"));
  }

  private static Site site(URI base, String prefix, Secret token, Duration patience, Pace pace) {
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
            (body.path("errorCode").asString("") + " " + body.path("detail").asString("")).strip());
  }

  static Optional<String> shortName(String cluster, String snapshot) {
    String end = snapshot.length() > 8 ? snapshot.substring(snapshot.length() - 8) : snapshot;
    String name = cluster + "-" + end;
    return name.length() <= 64 ? Optional.of(name) : Optional.empty();
  }
}
