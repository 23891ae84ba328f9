package dev.lastgood.provider.mongodb;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `mongodb-atlas`.
public record AtlasSettings(
    @Doc("Id of the project (group).") String project,
    @Doc("Name of the cluster whose snapshots are gone back to.") String cluster,
    @Doc("Service account that may look, make clusters and restore; this or api-key.")
        Optional<ServiceAccount> serviceAccount,
    @Doc("Public and private key of an API key that may do so, for HTTP digest.")
        Optional<ApiKey> apiKey,
    @Doc("Where applications read the connection string.") Connection connection,
    @Doc("Base URL; default https://cloud.mongodb.com.") Optional<String> baseUrl,
    @Doc("Time-out of one request; default 8s.") Optional<Duration> timeout) {
  /// A client id and its secret.
  public record ServiceAccount(
      @Doc("Client id, mdb_sa_id_….") String id, @Doc("Client secret.") Secret secret) {}

  /// An API key of an organization or a project.
  public record ApiKey(
      @Doc("Public key.") String publicKey, @Doc("Private key.") Secret privateKey) {}

  /// A line of a file.
  public record Connection(
      @Doc("Env file.") Path file,
      @Doc("Name of the variable; default MONGODB_URI.") Optional<String> variable) {}
}
