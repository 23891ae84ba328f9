package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.lastgood.CommandsHere;
import dev.lastgood.CommandsHere.Said;
import dev.lastgood.CrashingMain;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Over to the replica and back as a person does it, with a Lastgood that is killed on the way.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrossingStoryTest {
  private static final int DONE = 0;
  private static final int KILLED = 137;

  @TempDir Path dir;
  private ServersHere servers;
  private CommandsHere ada = new CommandsHere(Path.of("lastgood.yaml"), Map.of());

  @BeforeEach
  void open() throws Exception {
    servers = new ServersHere("");
    servers.sql(Shop.SCHEMA);
    servers.replicate();
    Files.writeString(
        env(), "DATABASE_URL=postgres://postgres@127.0.0.1:" + servers.port + "/shop\n");
    Path config = dir.resolve("lastgood.yaml");
    Files.writeString(
        config,
        """
        system: shop
        state: state
        components:
          database:
            platform: postgres
            url: "${env:DATABASE_URL}"
            snapshot-as: [point]
            replica:
              url: "${env:REPLICA_URL}"
              restart: [%s]
              clients: { env-file: database.env, reload: ["true"] }
        """
            .formatted(
                String.join(", ", servers.restart().stream().map(w -> "\"" + w + "\"").toList())));
    ada = new CommandsHere(config, environment()).as("ada");
  }

  @AfterEach
  void close() throws Exception {
    servers.close();
  }

  private Map<String, String> environment() {
    return Map.of("DATABASE_URL", servers.url(), "REPLICA_URL", servers.replicaUrl());
  }

  private Path env() {
    return dir.resolve("database.env");
  }

  @Test
  void resume_goes_on_when_neither_server_has_the_database_and_undo_leads_back() throws Exception {
    done("record");
    String kept =
        done("snapshot", "database").text().replaceFirst("(?s).*(snapshot-[0-9]+-[0-9]+).*", "$1");
    servers.sql("alter table customer drop column more");
    servers.sql("insert into customer (name) values ('Dee')");

    assertThat(
            lastgood(
                "during:switch-server:0",
                "rollback",
                "--to",
                "database=" + kept,
                "--yes",
                "--reason",
                "a column is gone"))
        .isEqualTo(KILLED);
    leftInTheMiddle(kept);
    assertThat(servers.databases(servers.port)).doesNotContain("shop");
    assertThat(servers.databases(servers.replicaPort)).doesNotContain("shop");
    Said lost = ada.type("status");
    assertThat(lost.text()).contains("there is no database shop on this server");

    Said resumed = done("resume");

    assertThat(resumed.text()).contains("proven: every step is done");
    assertThat(Files.readString(env())).contains(":" + servers.replicaPort + "/shop");
    assertThat(servers.askReplica("select count(*) from customer where more is not null"))
        .isEqualTo("3");
    assertThat(done("status").text()).contains("is kept at 127.0.0.1:" + servers.port);

    servers.askReplica("insert into customer (name) values ('Bob') returning id");
    Said undo = done("undo", "--yes", "--reason", "it was something else");

    assertThat(undo.text()).contains("carried over, as of now: customer: 1 inserted");
    assertThat(Files.readString(env())).contains(":" + servers.port + "/shop");
    assertThat(servers.ask("select string_agg(name, ' ' order by name) from customer"))
        .isEqualTo("Ann Bob Bob Dee");
    assertThat(servers.databases(servers.replicaPort)).doesNotContain("shop");
  }

  /// As if the process had died when the old database was put aside.
  private void leftInTheMiddle(String kept) throws Exception {
    PostgresPlatform dying =
        new Going.Kept(servers.url(), SnapshotAs.POINT)
            .with(
                new ReplicaSettings(
                    new Secret("${env:REPLICA_URL}", servers::replicaUrl),
                    servers.restart(),
                    Optional.empty(),
                    Optional.of(
                        new ClientsSettings(
                            Optional.empty(),
                            Optional.of(env()),
                            Optional.empty(),
                            List.of("true"),
                            Optional.empty(),
                            Optional.empty()))))
            .in(
                dir,
                InstantSource.system(),
                where -> {
                  if (where.equals("put aside")) {
                    throw new AssertionError("killed");
                  }
                });
    var with =
        new java.util.TreeMap<>(
            Map.of(
                Ways.DATABASE,
                "shop",
                Ways.FROM,
                kept.replace("snapshot-", "after-"),
                Ways.RELEASE,
                kept,
                CrossingWays.SERVER,
                "replica"));
    var act =
        new Act(
            "database",
            CrossingWays.SWITCH,
            with,
            "switch",
            "",
            java.time.Duration.ofSeconds(1),
            java.time.Duration.ofMinutes(5),
            java.time.Duration.ZERO);
    assertThat(catchThrowable(() -> dying.act(act, "key"))).hasMessage("killed");
  }

  private Said done(String... words) {
    Said said = ada.type(words);
    assertThat(said.exit()).as(said.text()).isEqualTo(DONE);
    return said;
  }

  private int lastgood(String point, String... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            CrashingMain.class.getName(),
            point));
    command.addAll(List.of(words));
    var builder = new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true);
    builder.redirectOutput(dir.resolve("out").toFile());
    builder.environment().putAll(environment());
    Process process = builder.start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    int code = process.exitValue();
    assertThat(code).as(Files.readString(dir.resolve("out"))).isEqualTo(KILLED);
    return code;
  }
}
