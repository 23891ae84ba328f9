package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.database.salvage.Account;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.model.Release;
import dev.lastgood.provider.PlatformUnreachable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The account of a release: out of what it is brought up, and how it is found what users wrote.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AccountsTest {
  @TempDir Path dir;
  private Shop shop;

  @BeforeEach
  void open() throws Exception {
    shop = new Shop(dir.resolve("shop"));
  }

  @AfterEach
  void close() throws IOException {
    shop.close();
  }

  @Test
  void a_source_that_cannot_be_used_is_followed_by_the_next_one() throws Exception {
    PostgresPlatform platform = new Going.Kept(shop.url, SnapshotAs.COPY, SnapshotAs.DUMP).in(dir);
    String kept = platform.snapshot().kept().id();
    shop.sql("insert into customer (name) values ('Dee')");
    String good = Copies.name(shop.name, kept);
    shop.run("postgres", "alter database \"" + good + "\" allow_connections true");
    shop.run(good, "insert into customer (name) values ('Mallory')");
    shop.run("postgres", "alter database \"" + good + "\" allow_connections false");

    assertThat(account(platform, kept).rows().found()).isEqualTo(1);

    Snapshots.remove(dir.resolve("snapshots").resolve(kept).resolve(Snapshots.DUMP));
    shop.run("postgres", "drop database \"" + beside() + "\"");
    assertThatThrownBy(() -> account(platform, kept))
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("customer has");
  }

  @Test
  void what_users_wrote_since_a_snapshot_is_found_by_its_moment() throws Exception {
    shop.sql(
        "insert into customer (name) values ('Dee'); alter table customer rename name to title");
    PostgresPlatform platform = shop.platform();
    account(platform, shop.older());
    // nobody wrote this row since the snapshot, so who goes by its moment does not look at it
    shop.run(beside(), "update \"Order Lines\" set cents = cents + 1 where id = 5");

    Account account = account(platform, shop.older());

    assertThat(account.rows().found()).isEqualTo(2);
    assertThat(account.changes()).anyMatch(c -> c.contains("name") && c.contains("title"));
    assertThat(account.rows().notes()).noneMatch(n -> n.contains("everything was compared"));
  }

  private static Account account(PostgresPlatform platform, String release) throws Exception {
    return platform.account(Release.of("database", release), Policy.usual(), List.of());
  }

  private String beside() throws Exception {
    return shop.databases().stream()
        .filter(d -> d.contains("_restoring_"))
        .findFirst()
        .orElseThrow();
  }
}
