package dev.lastgood.provider.postgres;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformContract;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.store.PostgresFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The database of a small shop on a real server: it was kept in a snapshot, then a migration and
/// users went on.
final class Shop implements PlatformContract.World {
  static final String SCHEMA =
      """
      create table customer (id bigint generated always as identity primary key,
        name varchar(40) not null check (name in ('Ann', 'Bob', 'Cy', 'Dee') or length(name) > 3),
        more jsonb not null default '{}');
      create table "Order Lines" (id serial primary key, customer bigint not null references customer,
        cents int not null, doubled int generated always as (cents * 2) stored);
      create index on "Order Lines" (customer);
      create type mood as enum ('good', 'bad');
      create view rich as select customer, sum(cents) from "Order Lines" group by 1;
      alter table customer enable row level security;
      create policy everyone on customer using (true);
      create function touch() returns trigger language plpgsql as
        $$ begin new.more = new.more || '{"touched": true}'; return new; end $$;
      create trigger touched before update on customer for each row execute function touch();
      insert into customer (name) values ('Ann'), ('Bob');
      insert into "Order Lines" (customer, cents) select 1 + n % 2, n from generate_series(1, 500) n;
      """;

  final Path dir;
  final String url;
  final String name;
  private final String older;
  private final String live;

  Shop(Path dir) throws Exception {
    this.dir = Files.createDirectories(dir);
    url = PostgresFixture.url();
    name = url.replaceFirst(".*/", "").replaceFirst("\\?.*", "");
    sql(SCHEMA);
    var taken = platform().snapshot();
    older = taken.kept().id();
    live = taken.live().id();
    sql("insert into customer (name) values ('Cy')");
    sql("alter table customer drop column more");
  }

  @Override
  public PostgresPlatform platform() {
    return platform(Duration.ofSeconds(5));
  }

  PostgresPlatform platform(Duration writersWait, Path... dumps) {
    return platform(writersWait, Optional.empty(), dumps);
  }

  /// @param pgbouncer its admin console
  PostgresPlatform platform(Duration writersWait, Optional<String> pgbouncer, Path... dumps) {
    return platform(url, writersWait, pgbouncer, dumps);
  }

  /// Seen by another role.
  PostgresPlatform platformOf(String role) {
    return platform(
        url.replace("user=postgres", "user=" + role), Duration.ofSeconds(5), Optional.empty());
  }

  /// Gives everything to a new role with the rights the documentation asks for.
  void ownedBy(String role) throws SQLException {
    run(
        "postgres",
        "create role \"%2$s\" login createdb; alter database \"%1$s\" owner to \"%2$s\""
            .formatted(name, role));
    sql(
        """
        do $$ declare o record; begin
          for o in select oid::regclass t from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') loop
            execute format('alter table %%s owner to %%I', o.t, '%1$s');
          end loop;
        end $$;
        alter type mood owner to "%1$s"; alter function touch() owner to "%1$s"; alter schema public owner to "%1$s";
        """
            .formatted(role));
  }

  private PostgresPlatform platform(
      String url, Duration writersWait, Optional<String> pgbouncer, Path... dumps) {
    var settings =
        new PostgresSettings(
            new Secret("${env:DATABASE_URL}", () -> url.replace("user=", "password=hunter2&user=")),
            Optional.of(dir.resolve("snapshots")),
            List.of(dumps),
            Optional.empty(),
            Optional.of(writersWait),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            pgbouncer.map(u -> new Secret("${env:PGBOUNCER_URL}", () -> u)));
    return (PostgresPlatform)
        new PostgresKind()
            .open("database", settings, new Surroundings(dir, dir, InstantSource.system()));
  }

  String urlOf(String database) {
    return url.replace("/" + name + "?", "/" + database + "?");
  }

  void sql(String sql) throws SQLException {
    run(name, sql);
  }

  void run(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(urlOf(database));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  String ask(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(urlOf(database));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return String.join("\n", all);
    }
  }

  List<String> databases() throws SQLException {
    return ask(
            "postgres",
            "select datname from pg_database where datname = '%1$s' or datname like '%1$s\\_%%' order by 1"
                .formatted(name))
        .lines()
        .toList();
  }

  @Override
  public String live() {
    return live;
  }

  @Override
  public String older() {
    return older;
  }

  @Override
  public String snapshot() throws SQLException, IOException {
    var all = new StringBuilder();
    all.append(
        ask(
            "postgres",
            """
            select oid || ' ' || datname || ' ' || datallowconn || ' '
              || coalesce(shobj_description(oid, 'pg_database'), '')
            from pg_database where datname = '%1$s' or datname like '%1$s\\_%%' order by oid\
            """
                .formatted(name)));
    all.append('\n').append(ask(name, "select count(*) from customer"));
    try (Stream<Path> files = Files.walk(dir)) {
      files.sorted().forEach(f -> all.append('\n').append(f));
    }
    return all.toString();
  }

  @Override
  public void remove(String id) throws IOException {
    Snapshots.remove(dir.resolve("snapshots").resolve(id));
  }

  @Override
  public List<String> secrets() {
    return List.of("hunter2");
  }

  @Override
  public void close() throws IOException {
    try {
      for (String database : databases()) {
        run("postgres", "drop database \"" + database + "\" with (force)");
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
