package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.CommandsHere;
import dev.lastgood.CommandsHere.Said;
import dev.lastgood.store.PostgresFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A shop whose releases bring migrations, in a scratch folder, for tests with the tools
/// themselves.
final class MigratedShop {
  static final int DONE = 0;
  static final int REFUSED = 4;
  static final int UNKNOWN = 5;

  final CommandsHere ada;
  private final Path dir;
  private final String url;

  /// @param migrations the words of the setting `migrations`, without where the releases are
  MigratedShop(Path dir, String migrations) throws IOException {
    this(dir, PostgresFixture.url(), migrations);
  }

  MigratedShop(Path dir, String url, String migrations) throws IOException {
    this.dir = dir;
    this.url = url;
    Path config =
        Files.writeString(
            dir.resolve("lastgood.yaml"),
            """
            system: shop
            state: state
            components:
              backend: { platform: release-directory, path: backend }
              database:
                platform: postgres
                url: "${env:DATABASE_URL}"
                migrations: { %s, of: backend, releases: backend/releases }
            approvals: { default: 1, self: allowed }
            """
                .formatted(migrations));
    Files.createDirectories(dir.resolve("backend/releases"));
    ada = new CommandsHere(config, Map.of("DATABASE_URL", url)).as("ada");
  }

  Path folder() {
    return dir;
  }

  Map<String, String> environment() {
    return ada.environment();
  }

  /// For tools that are no Java: `postgresql://…`.
  String plainUrl() {
    return "postgresql://postgres@" + address();
  }

  /// `HOST:PORT/NAME`
  String address() {
    return url.replaceFirst("^jdbc:postgresql://", "").replaceFirst("\\?.*", "");
  }

  String jdbcUrl() {
    return url;
  }

  Path release(String release) {
    return dir.resolve("backend/releases").resolve(release);
  }

  void write(String release, String file, String text) throws IOException {
    Path path = release(release).resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  String read(String release, String file) throws IOException {
    return Files.readString(release(release).resolve(file));
  }

  /// A new release with everything an older one has.
  void copy(String from, String to) throws IOException {
    try (Stream<Path> all = Files.walk(release(from))) {
      for (Path path : (Iterable<Path>) all::iterator) {
        Path into = release(to).resolve(release(from).relativize(path).toString());
        if (!Files.exists(into, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
          Files.copy(path, into, java.nio.file.LinkOption.NOFOLLOW_LINKS);
        }
      }
    }
  }

  /// Packages of npm that were installed for the tests.
  void modules(String release) throws IOException {
    String peers = System.getenv("LASTGOOD_PEERS");
    assertThat(peers).as("LASTGOOD_PEERS, where packages of npm are installed").isNotNull();
    Files.createDirectories(release(release));
    Files.createSymbolicLink(
        release(release).resolve("node_modules"), Path.of(peers, "node_modules"));
  }

  /// The release is live, and whoever deployed it said so.
  void live(String release) throws IOException {
    Path link = dir.resolve("backend/current");
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, Path.of("releases", release));
    done("record", "backend", release);
  }

  void good(String release) throws IOException {
    live(release);
    done("mark", "good", "backend", "--reason", "worked all week");
  }

  String live() {
    try {
      return String.valueOf(Files.readSymbolicLink(dir.resolve("backend/current")).getFileName());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Said done(String... words) {
    return exits(DONE, words);
  }

  Said refused(String... words) {
    return exits(REFUSED, words);
  }

  Said exits(int code, String... words) {
    Said said = ada.type(words);
    assertThat(said.exit()).as(said.text()).isEqualTo(code);
    return said;
  }

  void sql(String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /// The first column of the answer, a line for each row.
  String ask(String sql) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(String.valueOf(rows.getString(1)));
      }
      return String.join("\n", all);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }
}
