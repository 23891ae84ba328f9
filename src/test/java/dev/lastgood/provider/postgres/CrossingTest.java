package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Over to a real replica and back, with users who go where they are led.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrossingTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @TempDir Path dir;
  private ServersHere servers;

  @BeforeEach
  void open() throws Exception {
    servers = new ServersHere("");
    servers.sql(Shop.SCHEMA);
    servers.sql(
        "create table entry (id bigint generated always as identity primary key, body text)");
    servers.replicate();
    Files.writeString(
        env(),
        "# of the applications\nPORT=3000\nexport DATABASE_URL=\"postgres://postgres:x@127.0.0.1:"
            + servers.port
            + "/shop?sslmode=prefer\" # live\n");
  }

  @AfterEach
  void close() throws Exception {
    servers.close();
  }

  private Path env() {
    return dir.resolve("database.env");
  }

  private Path told() {
    return dir.resolve("told");
  }

  private static ReplicaSettings replica(ServersHere servers, ClientsSettings clients) {
    return new ReplicaSettings(
        new Secret("${env:REPLICA_URL}", servers::replicaUrl),
        servers.restart(),
        Optional.empty(),
        Optional.of(clients));
  }

  /// By an env file; that clients are told is seen by a copy of it.
  private static ClientsSettings file(Path env, Path told) {
    return new ClientsSettings(
        Optional.empty(),
        Optional.of(env),
        Optional.empty(),
        List.of("cp", env.toString(), told.toString()),
        Optional.empty(),
        Optional.empty());
  }

  private static ClientsSettings pooler(Path config) {
    return new ClientsSettings(
        Optional.of(config),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  private Going.Kept byFile() {
    return new Going.Kept(servers.url(), SnapshotAs.POINT)
        .with(replica(servers, file(env(), told())));
  }

  private Going.Kept byPooler(PgBouncerHere bouncer) {
    return new Going.Kept(servers.url(), SnapshotAs.POINT)
        .behind(bouncer.admin())
        .with(replica(servers, pooler(bouncer.config())));
  }

  /// Where an application finds the database by its env file.
  private String led() throws Exception {
    String text = Files.readString(env());
    return "jdbc:postgresql://127.0.0.1:"
        + text.replaceFirst("(?s).*@127.0.0.1:(\\d+)/.*", "$1")
        + "/shop?user=postgres&ApplicationName=shop";
  }

  /// A migration that takes a column away, and a user who goes on.
  private void damage() throws Exception {
    servers.sql("alter table customer drop column more");
    servers.sql("insert into customer (name) values ('Dee')");
  }

  private static void walk(PostgresPlatform platform, String to, String method) throws Exception {
    Going.walk(platform, to, method);
  }

  private String entries(int port) throws Exception {
    return ask(port, "select string_agg(body, E'\\n') from entry");
  }

  private static String ask(int port, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/shop?user=postgres");
        Statement statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  private static boolean writable(int port) {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/shop?user=postgres");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("insert into entry (body) values ('nobody')");
      connection.rollback();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  @Test
  void clients_are_led_to_the_replica_with_what_they_wrote_and_back_again() throws Exception {
    PostgresPlatform platform = byFile().in(dir);
    var taken = platform.snapshot();
    String kept = taken.kept().id();
    damage();
    List<Method> methods = Going.methods(platform, kept);
    assertThat(methods)
        .extracting(Method::name)
        .containsExactly("promote-replica", "replica-beside");
    assertThat(methods.getFirst().costs().toString())
        .contains(
            "has no replica of its own afterwards",
            "is kept at 127.0.0.1:" + servers.port,
            "DATABASE_URL in " + env());
    String before = Files.readString(env());
    try (var users = new Led(2, this::led);
        Connection direct = DriverManager.getConnection(servers.url());
        Statement old = direct.createStatement()) {
      users.goOn();

      walk(platform, kept, "promote-replica");

      users.goOn();
      assertThat(ask(servers.replicaPort, "select count(*) from customer where more is not null"))
          .isEqualTo("3");
      assertThatThrownBy(() -> old.execute("insert into entry (body) values ('late')"))
          .as("whoever kept a connection to the old one")
          .isInstanceOf(SQLException.class);
      assertThat(writable(servers.port)).as("nor does it take new ones").isFalse();
      assertThat(Files.readString(env()))
          .isEqualTo(before.replace(":" + servers.port, ":" + servers.replicaPort));
      assertThat(told()).hasSameTextualContentAs(env());
      assertThat(platform.inventory().live().orElseThrow().id()).isEqualTo(kept);

      // The undo, by the same switch.
      assertThat(Going.methods(platform, taken.live().id()))
          .extracting(Method::name)
          .containsExactly("switch-server");
      walk(platform, taken.live().id(), "switch-server");

      users.goOn();
      assertThat(writable(servers.replicaPort)).isFalse();
      assertThat(Files.readString(env())).isEqualTo(before);
      assertThat(platform.inventory().live().orElseThrow().id()).isEqualTo(taken.live().id());

      walk(platform, kept, "switch-server");
      users.goOn();
      users.stop();
      assertThat(users.missing(entries(servers.replicaPort))).isEmpty();
    }
  }

  @Test
  void after_an_exchange_on_the_replica_its_notes_are_not_taken_for_those_of_the_crossing()
      throws Exception {
    PostgresPlatform platform = byFile().in(dir);
    var taken = platform.snapshot();
    damage();
    walk(platform, taken.kept().id(), "promote-replica");
    PostgresPlatform dumping =
        new Going.Kept(servers.url(), SnapshotAs.DUMP)
            .with(replica(servers, file(env(), told())))
            .in(dir);
    String dumped = dumping.snapshot().kept().id();
    walk(dumping, dumped, Ways.RESTORE);

    assertThat(servers.databases(servers.port))
        .as("what was left at the primary is still there")
        .anyMatch(n -> n.startsWith("shop_"));
    assertThatThrownBy(() -> Going.methods(dumping, taken.live().id()))
        .hasMessageContaining("is neither a snapshot");
  }

  @Test
  void behind_a_pooler_no_request_fails_there_and_back() throws Exception {
    try (var bouncer = PgBouncerHere.before(servers.url(), "transaction")) {
      PostgresPlatform platform = byPooler(bouncer).in(dir);
      var taken = platform.snapshot();
      String kept = taken.kept().id();
      damage();
      try (var users = new Led(3, bouncer::url)) {
        users.goOn();
        walk(platform, kept, "promote-replica");
        users.goOn();
        assertThat(writable(servers.port)).isFalse();
        walk(platform, taken.live().id(), "switch-server");
        users.goOn();
        assertThat(writable(servers.replicaPort)).isFalse();
        users.stop();
        assertThat(users.failed()).isZero();
        assertThat(users.missing(entries(servers.port))).isEmpty();
      }
    }
  }

  @Test
  void killed_anywhere_it_goes_on_and_nobody_can_write_to_both() throws Exception {
    PostgresPlatform platform = byFile().in(dir);
    var taken = platform.snapshot();
    String kept = taken.kept().id();
    damage();
    try (var users = new Led(2, this::led)) {
      users.goOn();
      List<Act> there = Going.acts(Going.methods(platform, kept).getFirst());
      for (String stop :
          List.of(
              "guarded",
              "promoted",
              "aside",
              "last rows",
              "put aside",
              "pointed",
              "opening",
              "opened",
              "told")) {
        dies(there, stop);
      }
      finish(platform, there);
      assertThat(told()).hasSameTextualContentAs(env());
      users.goOn();
      List<Act> back = Going.acts(Going.methods(platform, taken.live().id()).getFirst());
      for (String stop :
          List.of("last rows", "put aside", "pointed", "opening", "opened", "told")) {
        dies(back, stop);
      }
      finish(platform, back);
      assertThat(told()).hasSameTextualContentAs(env());
      users.goOn();
      users.stop();
      assertThat(users.missing(entries(servers.port))).isEmpty();
      assertThat(ask(servers.port, "select count(*) from customer where name = 'Dee'"))
          .isEqualTo("1");
    }
  }

  private static void finish(PostgresPlatform platform, List<Act> acts) {
    for (Act act : acts) {
      if (!(platform.look(act) instanceof Sight.Holds)) {
        Going.perform(platform, act);
      }
    }
  }

  @Test
  void killed_while_a_pooler_holds_its_clients_they_go_on_afterwards() throws Exception {
    try (var bouncer = PgBouncerHere.before(servers.url(), "transaction")) {
      PostgresPlatform platform = byPooler(bouncer).in(dir);
      String kept = platform.snapshot().kept().id();
      damage();
      List<Act> acts = Going.acts(Going.methods(platform, kept).getFirst());
      try (var users = new Led(2, bouncer::url)) {
        users.goOn();
        dies(acts, "put aside", bouncer.config(), bouncer.admin());
        dies(acts, "opened", bouncer.config(), bouncer.admin());
        assertThat(platform.look(acts.getLast()))
            .isInstanceOf(Sight.Failed.class)
            .asString()
            .contains("clients may not have been told");

        finish(platform, acts);

        users.goOn();
        users.stop();
        assertThat(users.missing(entries(servers.replicaPort))).isEmpty();
        assertThat(writable(servers.port)).isFalse();
      }
    }
  }

  @Test
  void clients_who_keep_their_connection_in_the_pooler_connect_again() throws Exception {
    try (var bouncer = PgBouncerHere.before(servers.url(), "session")) {
      PostgresPlatform platform = byPooler(bouncer).in(dir);
      String kept = platform.snapshot().kept().id();
      try (var users = new Led(2, bouncer::url)) {
        users.goOn();
        walk(platform, kept, "promote-replica");
        users.goOn();
        users.stop();
        assertThat(users.missing(entries(servers.replicaPort))).isEmpty();
      }
    }
  }

  /// A process of its own goes on with the acts, and is gone at that point.
  private void dies(List<Act> acts, String stop) throws Exception {
    dies(acts, stop, env(), told().toString());
  }

  /// @param leads the file that leads clients
  /// @param how the copy of it, or the console of the pooler
  private void dies(List<Act> acts, String stop, Path leads, String how) throws Exception {
    Path plan = dir.resolve("acts.json");
    Files.writeString(plan, MAPPER.writeValueAsString(acts));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Dying.class.getName(),
            stop,
            dir.toString(),
            servers.url(),
            servers.replicaUrl(),
            leads.toString(),
            how,
            plan.toString()));
    Path said = dir.resolve("died-" + stop.replace(' ', '-'));
    int code =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(said.toFile())
            .start()
            .waitFor();
    assertThat(code).as(stop + ": " + Files.readString(said)).isEqualTo(137);
    assertThat(writable(servers.port) && writable(servers.replicaPort))
        .as("both can be written to after a death at " + stop)
        .isFalse();
  }

  /// What [#dies] starts.
  static final class Dying {
    private Dying() {}

    public static void main(String[] args) throws Exception {
      Path dir = Path.of(args[1]);
      boolean pooled = args[5].startsWith("postgres:");
      Path leads = Path.of(args[4]);
      var kept = new Going.Kept(args[2], SnapshotAs.POINT);
      PostgresPlatform platform =
          (pooled ? kept.behind(args[5]) : kept)
              .with(
                  new ReplicaSettings(
                      new Secret("${env:REPLICA_URL}", () -> args[3]),
                      List.of("false"),
                      Optional.empty(),
                      Optional.of(pooled ? pooler(leads) : file(leads, Path.of(args[5])))))
              .in(
                  dir,
                  InstantSource.system(),
                  where -> {
                    if (where.equals(args[0])) {
                      Runtime.getRuntime().halt(137);
                    }
                  });
      for (Act act : MAPPER.readValue(Files.readString(Path.of(args[6])), Act[].class)) {
        Sight sight = platform.look(act);
        if (!(sight instanceof Sight.Holds)) {
          Outcome outcome = platform.act(act, "key");
          if (!(outcome instanceof Outcome.Done)) {
            throw new IllegalStateException(act.says() + ": " + sight + ", " + outcome);
          }
        }
      }
    }
  }

  @Test
  void a_server_that_says_no_after_all_leaves_the_old_one_live() throws Exception {
    PostgresPlatform planning = byFile().in(dir);
    String kept = planning.snapshot().kept().id();
    damage();
    List<Act> acts = Going.acts(Going.methods(planning, kept).getFirst());
    for (Act act : acts.subList(0, acts.size() - 1)) {
      Going.perform(planning, act);
    }
    String before = Files.readString(env());
    PostgresPlatform platform =
        byFile()
            .in(
                dir,
                InstantSource.system(),
                where -> {
                  if (where.equals("pointed")) {
                    stopReplica();
                  }
                });

    Outcome outcome = platform.act(acts.getLast(), "key");

    assertThat(outcome.toString())
        .startsWith("Refused")
        .contains("was not switched, it is as it was and open");
    assertThat(writable(servers.port)).isTrue();
    assertThat(Files.readString(env())).isEqualTo(before);
    assertThat(told()).as("whoever read it meanwhile").hasContent(before);
    assertThat(platform.inventory().notes().toString()).contains("the other server: ");
    servers.start(servers.replica());
    List<Method> again = Going.methods(planning, kept);
    assertThat(again).extracting(Method::name).containsExactly("promote-replica");
    Going.acts(again.getFirst()).forEach(a -> Going.perform(planning, a));
    assertThat(writable(servers.port)).isFalse();
    assertThat(ask(servers.replicaPort, "select count(*) from customer where name = 'Dee'"))
        .isEqualTo("1");
  }

  private void stopReplica() {
    try {
      servers.stop(servers.replica());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void one_that_somebody_else_promoted_is_never_gone_over_to() throws Exception {
    PostgresPlatform platform = byFile().in(dir);
    String kept = platform.snapshot().kept().id();
    damage();
    List<Act> acts = Going.acts(Going.methods(platform, kept).getFirst());
    servers.onReplica("select pg_promote()");

    assertThat(platform.act(acts.getFirst(), "key").toString())
        .startsWith("Refused")
        .contains("it was not Lastgood that promoted it");
    assertThat(writable(servers.port)).isTrue();
  }

  @Test
  void without_clients_it_is_only_read_and_the_plan_says_why() throws Exception {
    PostgresPlatform platform =
        new Going.Kept(servers.url(), SnapshotAs.POINT)
            .with(
                new ReplicaSettings(
                    new Secret("${env:REPLICA_URL}", servers::replicaUrl),
                    servers.restart(),
                    Optional.empty()))
            .in(dir);
    String kept = platform.snapshot().kept().id();
    damage();

    List<Method> methods = Going.methods(platform, kept);

    assertThat(methods).extracting(Method::name).containsExactly("replica-beside");
    assertThat(methods.getFirst().costs().toString())
        .contains("not out of the promoted replica: how clients would be led to it");
  }

  @Test
  void a_file_that_leads_elsewhere_is_named_and_the_replica_only_read() throws Exception {
    PostgresPlatform platform = byFile().in(dir);
    String kept = platform.snapshot().kept().id();
    damage();
    Files.writeString(env(), "DATABASE_URL=postgres://db.example.com/shop\n");

    List<Method> methods = Going.methods(platform, kept);

    assertThat(methods).extracting(Method::name).containsExactly("replica-beside");
    assertThat(methods.getFirst().costs().toString())
        .contains("leads to db.example.com:5432, which is neither the primary");
  }

  @Test
  void a_replica_that_was_not_promoted_after_all_is_not_left_read_only() throws Exception {
    PostgresPlatform planning = byFile().in(dir);
    String kept = planning.snapshot().kept().id();
    damage();
    Act promote = Going.acts(Going.methods(planning, kept).getFirst()).getFirst();
    PostgresPlatform platform =
        byFile()
            .in(
                dir,
                InstantSource.system(),
                where -> {
                  if (where.equals("guarded")) {
                    throw new IllegalStateException("not now");
                  }
                });

    assertThatThrownBy(() -> platform.act(promote, "key")).hasMessage("not now");

    assertThat(guards()).isEqualTo("0");
    servers.onReplica("alter system set default_transaction_read_only = on");
    assertThat(guards()).isEqualTo("1");
    planning.snapshot();
    assertThat(guards()).as("left by one that died").isEqualTo("0");
  }

  private String guards() throws SQLException {
    return servers.askReplica(
        "select count(*) from pg_file_settings where name = 'default_transaction_read_only'"
            + " and setting = 'on'");
  }
}
