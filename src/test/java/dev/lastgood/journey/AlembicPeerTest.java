package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.rehearsal.Peer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verdict about migrations in Python, as Alembic itself makes, prints, applies and takes them
/// back.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class AlembicPeerTest {
  @TempDir Path dir;
  private MigratedShop shop;
  private Peer alembic;

  @BeforeEach
  void open() throws Exception {
    alembic = Peer.installed("alembic", "pip install alembic==1.20.1 'psycopg[binary]==3.3.9'");
    shop =
        new MigratedShop(
            dir,
            "tool: alembic, folder: alembic/versions, print: [%s, upgrade, \"{previous}:{id}\", --sql]"
                .formatted(alembic.program().getFirst()));
    shop.write("v1", "README", "");
    ran("v1", "init", "alembic");
    shop.write(
        "v1",
        "alembic.ini",
        shop.read("v1", "alembic.ini")
            .replaceFirst(
                "sqlalchemy.url = .*",
                "sqlalchemy.url = "
                    + shop.plainUrl().replace("postgresql:", "postgresql+psycopg:")));
    revision(
        "v1",
        "aaa1",
        "op.create_table('customer', sa.Column('id', sa.Integer, primary_key=True),"
            + " sa.Column('name', sa.String(40), nullable=False))",
        "op.drop_table('customer')");
    shop.copy("v1", "v2");
    revision(
        "v2",
        "bbb2",
        "op.add_column('customer', sa.Column('nick', sa.Text()))",
        "op.drop_column('customer', 'nick')");
    shop.copy("v2", "v3");
    revision(
        "v3",
        "ccc3",
        "op.alter_column('customer', 'name', new_column_name='full_name')",
        "op.alter_column('customer', 'full_name', new_column_name='name')");
    shop.copy("v3", "v4");
    revision(
        "v4",
        "ddd4",
        "op.drop_column('customer', 'nick')",
        "op.add_column('customer', sa.Column('nick', sa.Text()))");
  }

  /// What `alembic revision` makes, with a body.
  private void revision(String release, String id, String up, String down, String... more)
      throws Exception {
    String[] words = {"revision", "--rev-id", id, "-m", "step " + id};
    String[] all = java.util.Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    ran(release, all);
    String file = "alembic/versions/" + id + "_step_" + id + ".py";
    String text = shop.read(release, file);
    int second = text.lastIndexOf("    pass");
    text = text.substring(0, second) + "    " + down + text.substring(second + "    pass".length());
    shop.write(release, file, text.replaceFirst("    pass", "    " + up));
  }

  private String told(String release, String... words) throws Exception {
    return alembic.run(shop.release(release), Map.of(), words);
  }

  private String ran(String release, String... words) throws Exception {
    String said = told(release, words);
    assertThat(said).endsWith("exit 0");
    return said;
  }

  @Test
  void alembic_takes_back_what_the_verdict_names_and_the_rollback_goes_on() throws Exception {
    ran("v1", "upgrade", "head");
    shop.good("v1");
    ran("v2", "upgrade", "head");
    shop.live("v2");
    assertThat(shop.done("verdict", "--to", "v1").text())
        .contains("SAFE", "bbb2 adds customer.nick (TEXT)");
    ran("v3", "upgrade", "head");
    shop.live("v3");
    shop.sql("insert into customer values (1, 'Ann', 'Annie')");
    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST", "ccc3 renames customer.name to full_name");

    assertThat(shop.refused("rollback", "backend", "--yes", "--to", "backend=v1").text())
        .contains("ccc3", "take it back with its own tool");
    assertThat(shop.live()).isEqualTo("v3");
    assertThat(ran("v3", "current")).contains("ccc3 (head)");

    ran("v3", "downgrade", "bbb2");
    assertThat(shop.done("verdict", "--to", "v1").text())
        .contains("SAFE", "bbb2 adds customer.nick");
    shop.done("rollback", "backend", "--yes", "--to", "backend=v1");
    assertThat(shop.live()).isEqualTo("v1");
    assertThat(ran("v2", "current")).contains("bbb2 (head)");
    assertThat(shop.ask("select name || nick from customer")).isEqualTo("AnnAnnie");

    ran("v3", "upgrade", "head");
    assertThat(ran("v3", "current")).contains("ccc3 (head)");
    ran("v4", "upgrade", "head");
    shop.live("v4");
    assertThat(shop.refused("verdict", "--to", "v3").text())
        .contains("NEEDS_RESTORE", "ddd4 drops column customer.nick");
    assertThat(shop.refused("verdict", "--to", "v1").text()).contains("STEP_DOWN_FIRST");
  }

  @Test
  void a_column_that_is_filled_and_then_needed_is_in_the_way_of_older_code() throws Exception {
    shop.copy("v1", "w2");
    revision(
        "w2",
        "eee5",
        "op.add_column('customer', sa.Column('nick', sa.Text()));"
            + " op.execute(\"update customer set nick = name\");"
            + " op.alter_column('customer', 'nick', nullable=False)",
        "op.drop_column('customer', 'nick')");
    ran("v1", "upgrade", "head");
    shop.good("v1");
    ran("w2", "upgrade", "head");
    shop.live("w2");

    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST", "it needs a value that older code does not give");
  }

  @Test
  void branches_that_meet_again_are_known_as_alembic_knows_them() throws Exception {
    ran("v2", "upgrade", "head");
    shop.good("v2");
    shop.copy("v2", "w3");
    revision(
        "w3",
        "000a",
        "op.create_table('tag', sa.Column('id', sa.Integer))",
        "op.drop_table('tag')",
        "--head",
        "bbb2");
    revision(
        "w3",
        "zzzb",
        "op.create_table('word', sa.Column('id', sa.Integer))",
        "op.drop_table('word')",
        "--head",
        "bbb2",
        "--splice");
    ran("w3", "upgrade", "heads");
    shop.live("w3");
    assertThat(shop.ask("select count(*) from alembic_version")).isEqualTo("2");
    assertThat(shop.done("verdict", "--to", "v2").text())
        .contains("SAFE", "000a creates table tag", "zzzb creates table word");

    ran("w3", "merge", "heads", "--rev-id", "5555", "-m", "meet");
    ran("w3", "upgrade", "head");
    assertThat(shop.ask("select version_num from alembic_version")).isEqualTo("5555");
    assertThat(shop.done("verdict", "--to", "v2").text())
        .contains("SAFE", "000a creates table tag", "zzzb creates table word", "5555 does nothing");
  }

  @Test
  void a_merge_that_does_something_is_asked_about_for_what_it_prints_is_of_others_too()
      throws Exception {
    revision(
        "v2",
        "000a",
        "op.create_table('tag', sa.Column('id', sa.Integer))",
        "op.drop_table('tag')",
        "--head",
        "aaa1",
        "--splice");
    ran("v2", "upgrade", "heads");
    shop.good("v2");
    shop.copy("v2", "w3");
    ran("w3", "merge", "heads", "--rev-id", "5555", "-m", "meet");
    String file = "alembic/versions/5555_meet.py";
    shop.write(
        "w3", file, shop.read("w3", file).replaceFirst("    pass", "    op.drop_table('tag')"));
    ran("w3", "upgrade", "head");
    shop.live("w3");
    assertThat(told("w3", "upgrade", "000a:5555", "--sql"))
        .contains("-- Running upgrade aaa1 -> bbb2");

    assertThat(shop.exits(5, "verdict", "--to", "v2").text())
        .contains("BLOCKED", "5555: it is a merge, or depends on others");
  }
}
