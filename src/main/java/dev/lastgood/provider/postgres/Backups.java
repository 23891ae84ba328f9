package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What pgBackRest has of one server (a stanza).
///
/// @param config its configuration; its own default when empty
final class Backups {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LARGEST = 16 << 20;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final String stanza;
  private final Optional<Path> config;
  private final RunAs as;

  Backups(String stanza, Optional<Path> config, RunAs as) {
    this.stanza = stanza;
    this.config = config;
    this.as = as;
  }

  /// @param stopped when it was complete; what is to be reached must lie later
  /// @param system identifier of the cluster it is of
  record Backup(String label, Instant stopped, long bytes, String system) {}

  /// @param backups whole ones only, newest first
  /// @param newest name of the last segment of the log that was archived; empty when there is none
  record All(List<Backup> backups, String newest) {
    Optional<Backup> before(Instant at) {
      return backups.stream().filter(b -> b.stopped().isBefore(at)).findFirst();
    }
  }

  List<String> words(String... more) {
    List<String> words = new ArrayList<>(List.of("pgbackrest", "--stanza=" + stanza));
    config.ifPresent(c -> words.add("--config=" + c));
    words.add("--log-level-console=warn");
    words.add("--log-level-file=off");
    words.addAll(List.of(more));
    return as.words(words);
  }

  All all() throws PlatformUnreachable {
    Argv.Reply reply =
        new Argv(words("--output=json", "info"), Optional.empty(), Map.of(), PATIENCE)
            .ask("", LARGEST);
    return switch (reply) {
      case Argv.Reply.None(String reason, _) -> throw new PlatformUnreachable(reason);
      case Argv.Reply.Answer answer when answer.code() != 0 ->
          throw new PlatformUnreachable("pgbackrest info failed: " + answer.lastLine());
      case Argv.Reply.Answer answer -> read(answer.answer());
    };
  }

  private All read(String json) throws PlatformUnreachable {
    try {
      for (JsonNode each : MAPPER.readTree(json)) {
        if (each.path("name").asString("").equals(stanza)) {
          return read(each);
        }
      }
    } catch (JacksonException e) {
      throw new PlatformUnreachable("pgbackrest info answered what is no JSON", e);
    }
    throw new PlatformUnreachable("pgBackRest knows no stanza " + stanza);
  }

  private All read(JsonNode one) throws PlatformUnreachable {
    if (one.path("status").path("code").asInt(-1) != 0) {
      throw new PlatformUnreachable(
          "pgBackRest says of stanza "
              + stanza
              + ": "
              + one.path("status").path("message").asString("no status"));
    }
    List<Backup> backups = new ArrayList<>();
    for (JsonNode backup : one.path("backup")) {
      if (!backup.path("error").asBoolean(false)) {
        backups.add(
            new Backup(
                backup.path("label").asString(""),
                Instant.ofEpochSecond(backup.path("timestamp").path("stop").asLong(0)),
                backup.path("info").path("size").asLong(0),
                system(one, backup.path("database").path("id").asInt(-1))));
      }
    }
    backups.sort(Comparator.comparing(Backup::stopped).reversed());
    String newest = "";
    for (JsonNode archived : one.path("archive")) {
      String max = archived.path("max").asString("");
      newest = max.compareTo(newest) > 0 ? max : newest;
    }
    return new All(backups, newest);
  }

  private static String system(JsonNode stanza, int id) {
    for (JsonNode database : stanza.path("db")) {
      if (database.path("id").asInt(-2) == id) {
        return database.path("system-id").asString("");
      }
    }
    return "";
  }
}
