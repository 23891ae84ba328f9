package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lastgood's own memory is not what it left there.
@DisplayNameGeneration(ReplaceUnderscores.class)
class StateJourneyTest {
  @TempDir Path folder;
  private SmallSystem system;

  @BeforeEach
  void v2_is_live_and_v1_is_known_good() throws IOException {
    system = SmallSystem.inPlace(folder);
  }

  @AfterEach
  void nothing_is_left() throws IOException {
    system.close();
  }

  @Test
  void a_newer_version_wrote_it() throws Exception {
    sql(
        "insert into lastgood_schema select 99, '99', description, type, script, checksum,"
            + " installed_by, installed_on, execution_time, success from lastgood_schema where"
            + " version = '2'");
    SortedMap<String, String> state = Tree.ofState(system.state());
    SmallSystem.World before = system.world();

    Said said = system.lastgood("rollback", "--yes", "backend");

    assertThat(said.exit()).isEqualTo(3);
    assertThat(said.err().lines())
        .singleElement()
        .asString()
        .contains("written by a newer version of Lastgood", "nothing was touched");
    assertThat(Tree.ofState(system.state())).isEqualTo(state);
    assertThat(system.world()).isEqualTo(before);
  }

  @Test
  void it_is_no_database() throws Exception {
    Files.writeString(system.state().resolve("lastgood.db"), "dear diary, ".repeat(1000));
    SmallSystem.World before = system.world();

    Said said = system.lastgood("rollback", "--yes", "backend");

    assertThat(said.exit()).isEqualTo(3);
    assertThat(said.err().lines())
        .singleElement()
        .asString()
        .contains("damaged or is no state of Lastgood");
    assertThat(system.world()).isEqualTo(before);
  }

  @Test
  void a_run_whose_journal_was_changed_does_not_go_on() throws Exception {
    system.waitingRun();
    sql("update run_event set body = replace(body, 'ada', 'eve')");
    SmallSystem.World before = system.world();

    for (Said said : List.of(system.approved(), system.lastgood("resume"))) {
      assertThat(said.exit()).isEqualTo(5);
      assertThat(said.err())
          .contains(
              "journal cannot be trusted: entry 1 (proposed) was changed", "Nothing was changed");
    }
    assertThat(system.lastgood("show"))
        .returns(5, Said::exit)
        .satisfies(s -> assertThat(s.err()).contains("cannot be trusted: entry 1"));
    assertThat(system.world()).isEqualTo(before);
  }

  @Test
  void a_run_that_cannot_be_trusted_is_set_aside_and_stands_in_nobodys_way() throws Exception {
    system.waitingRun();
    sql("update run_event set body = 'nonsense'");
    SmallSystem.World before = system.world();
    assertThat(system.lastgood("rollback", "--yes", "backend"))
        .returns(4, Said::exit)
        .satisfies(s -> assertThat(s.err()).contains("is not over"));
    assertThat(system.lastgood("resume"))
        .returns(5, Said::exit)
        .satisfies(s -> assertThat(s.err()).contains("cannot be trusted", "lastgood stop"));
    assertThat(system.world()).isEqualTo(before);

    Said aside = system.does("stop");

    assertThat(aside.out()).contains("set aside", "cannot be trusted");
    assertThat(system.does("status").out()).contains("backend");
    assertThat(system.does("log").out()).contains("cannot be read");
    assertThat(system.lastgood("show")).returns(5, Said::exit);
    system.configure("");
    system.does("rollback", "--yes", "backend");
    assertThat(system.running()).containsExactly("v1");
  }

  private void sql(String statement) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + system.state().resolve("lastgood.db"));
        Statement one = connection.createStatement()) {
      one.execute(statement);
    }
  }
}
