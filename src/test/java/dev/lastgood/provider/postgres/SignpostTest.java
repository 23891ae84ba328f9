package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files that lead clients, in all the ways in which people write them.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SignpostTest {
  private static final Address REPLICA = new Address("db2.example.com", 6543);

  @TempDir Path dir;

  private PoolerPost pooler(String text) throws IOException {
    Path file = Files.writeString(dir.resolve("pgbouncer.ini"), text);
    return new PoolerPost(
        file,
        new Secret("url", () -> "postgres://u:p@db1/shop"),
        new Bouncer(new Secret("admin", () -> ""), dir, new Programs(Optional.empty())));
  }

  private EnvPost env(String text, String... reload) throws IOException {
    Path file = Files.writeString(dir.resolve("env"), text);
    return new EnvPost(file, "DATABASE_URL", List.of(reload));
  }

  @Test
  void of_a_pooler_only_the_lines_of_the_database_change() throws Exception {
    PoolerPost post =
        pooler(
            """
            ;shop = host=old
            # shop = host=old
            [databases]
            shop = host=db1 port=5433 dbname=shop pool_size=20
            "read only" = dbname='shop'  host = 'db1'   port=5433 user='it''s me'
            other = host=db1 port=5433
            [pgbouncer]
            shop = host=db1
            """);
    assertThat(post.leads()).isEqualTo(new Address("db1", 5433));

    post.point(REPLICA);

    assertThat(post.file())
        .hasContent(
            """
            ;shop = host=old
            # shop = host=old
            [databases]
            shop = host=db2.example.com port=6543 dbname=shop pool_size=20
            "read only" = dbname='shop'  host = db2.example.com   port=6543 user='it''s me'
            other = host=db1 port=5433
            [pgbouncer]
            shop = host=db1
            """);
    assertThat(post.leads()).isEqualTo(REPLICA);
  }

  @Test
  void a_file_that_is_included_needs_no_section_and_a_usual_port_is_none() throws Exception {
    PoolerPost post = pooler("shop=host=db1");

    post.point(REPLICA);

    assertThat(Files.readString(post.file())).isEqualTo("shop=port=6543 host=db2.example.com");
    assertThat(post.leads()).isEqualTo(REPLICA);
  }

  @Test
  void a_pooler_that_leads_nowhere_or_to_two_is_no_signpost() throws Exception {
    assertThatThrownBy(pooler("[databases]\n* = host=db1\n")::leads)
        .hasMessageContaining("has no line of shop");
    assertThatThrownBy(pooler("[databases]\nshop = port=5432\n")::leads)
        .hasMessageContaining("the line of shop names no one host");
    assertThatThrownBy(pooler("[databases]\nshop = host=db1,db2\n")::leads)
        .hasMessageContaining("names no one host");
    assertThatThrownBy(
            pooler("[databases]\nshop = host=db1\nreport = host=db2 dbname=shop\n")::leads)
        .hasMessageContaining("on several servers: db1:5432, db2:5432");
  }

  @Test
  void of_an_env_file_only_host_and_port_change() throws Exception {
    for (String line :
        List.of(
            "DATABASE_URL=postgres://a:p%40ss@PLACE/shop?sslmode=require",
            "export DATABASE_URL=\"postgresql://PLACE/shop\" # of the applications",
            "  DATABASE_URL = 'jdbc:postgresql://PLACE/shop?user=a&password=b@c'")) {
      String text = "A=1\r\n" + line + "\nOTHER_DATABASE_URL=postgres://db1/shop\n";
      EnvPost post = env(text.replace("PLACE", "db1"));
      assertThat(post.leads()).as(line).isEqualTo(new Address("db1", 5432));

      post.point(REPLICA);

      assertThat(Files.readString(post.file()))
          .isEqualTo(text.replace("PLACE", "db2.example.com:6543"));
      assertThat(post.leads()).isEqualTo(REPLICA);
    }
  }

  @Test
  void an_env_file_that_leads_nowhere_or_to_two_is_no_signpost_and_shows_no_password()
      throws Exception {
    assertThatThrownBy(env("URL=postgres://db1/shop\n")::leads)
        .hasMessageContaining("has no line DATABASE_URL=");
    assertThatThrownBy(env("DATABASE_URL=postgres://db1/a\nDATABASE_URL=postgres://db2/a\n")::leads)
        .hasMessageContaining("has DATABASE_URL twice");
    assertThatThrownBy(env("DATABASE_URL=postgres://a:hunter2@db1,db2/shop\n")::leads)
        .hasMessageContaining("does not name one host and port")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void a_command_that_fails_leaves_it_unsure_whether_they_were_told() throws Exception {
    assertThatThrownBy(env("DATABASE_URL=postgres://db1/shop\n", "false")::tell)
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("the applications may not have read");
  }

  @Test
  void bytes_that_are_no_text_stay_and_a_name_of_other_letters_is_found() throws Exception {
    byte[] odd = {'#', ' ', (byte) 0xe9, (byte) 0xff, '\n'};
    for (Signpost post :
        List.of(
            new PoolerPost(
                dir.resolve("odd.ini"),
                new Secret("url", () -> "postgres://u:p@db1/caf%C3%A9"),
                new Bouncer(new Secret("admin", () -> ""), dir, new Programs(Optional.empty()))),
            new EnvPost(dir.resolve("odd.env"), "DATABASE_URL", List.of()))) {
      byte[] line =
          (post instanceof PoolerPost
                  ? "[databases]\ncafé = host=db1\n"
                  : "DATABASE_URL=postgres://u:é@db1/shop\n")
              .getBytes(StandardCharsets.UTF_8);
      Files.write(post.file(), joined(odd, line));

      post.point(REPLICA);
      post.point(new Address("db1", 5432));

      assertThat(Files.readAllBytes(post.file())).startsWith(odd);
      assertThat(Files.readString(post.file(), StandardCharsets.ISO_8859_1))
          .contains(
              post instanceof PoolerPost ? "caf\u00c3\u00a9 =" : "u:\u00c3\u00a9@db1:5432/shop");
    }
  }

  @Test
  void of_a_pooler_an_ipv6_address_stands_without_brackets() throws Exception {
    PoolerPost post = pooler("[databases]\nshop = host=fd00::1 port=5433\n");
    assertThat(post.leads()).isEqualTo(new Address("[fd00::1]", 5433));

    post.point(new Address("[fd00::2]", 5434));

    assertThat(post.file()).hasContent("[databases]\nshop = host=fd00::2 port=5434\n");
    assertThat(post.leads()).isEqualTo(new Address("[fd00::2]", 5434));
  }

  @Test
  void a_trial_changes_nothing_sweeps_and_tells_when_it_cannot_be_replaced() throws Exception {
    Path real = Files.writeString(dir.resolve("real"), "DATABASE_URL=postgres://u:x@db1/shop\n");
    Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("real"));
    Path leftover = Files.writeString(dir.resolve(".real.lastgood-tmp-99999999999-1-a"), "u:x");
    var post = new EnvPost(link, "DATABASE_URL", List.of());

    post.tried();

    assertThat(link).isSymbolicLink();
    assertThat(real).hasContent("DATABASE_URL=postgres://u:x@db1/shop\n");
    assertThat(leftover).doesNotExist();
    Files.delete(real);
    assertThatThrownBy(post::tried).isInstanceOf(IOException.class);
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] both = java.util.Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  /// A link in one folder, and what it points to in another.
  private EnvPost linked() throws IOException {
    Path real = Files.createDirectories(dir.resolve("real")).resolve("env");
    Path link =
        Files.createSymbolicLink(
            Files.createDirectories(dir.resolve("links")).resolve("env"), real);
    return new EnvPost(link, "DATABASE_URL", List.of());
  }

  @Test
  void a_link_that_points_nowhere_cannot_be_replaced() throws Exception {
    EnvPost post = linked();
    assertThat(post.unchangeable().orElse("it can"))
        .contains("cannot be replaced: what it points at");

    Files.writeString(dir.resolve("real/env"), "DATABASE_URL=postgres://db1/shop");

    assertThat(post.unchangeable()).isEmpty();
    post.tried();
  }
}
