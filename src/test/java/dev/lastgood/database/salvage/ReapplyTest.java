package dev.lastgood.database.salvage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.TwoStates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was left out, taken up again later; and the account of it before.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ReapplyTest {
  @TempDir Path folder;

  private final TwoStates states =
      new TwoStates(
              "create table t (id int primary key, name varchar(5), up int references t, created_at"
                  + " timestamptz default '2024-01-01'); insert into t values (1, 'one'), (2,"
                  + " 'two'); create sequence s owned by t.id; alter table t enable row level"
                  + " security")
          .snapshot();

  private Path leftOut() throws Exception {
    states.live(
        "alter table t alter name type text, add column extra text",
        "insert into t (id, name, up) values (4, E'long \\\\ \"x\"\\n,y', null), (3, 'much too long', 4)");
    new Salvage(states.goodDatabase(), states.liveDatabase(), Policy.usual(), 1)
        .round(Optional.empty(), folder.resolve("out"));
    return folder.resolve("out/public.t.csv");
  }

  @Test
  void rows_that_fit_by_now_are_applied_and_the_others_stay() throws Exception {
    Path file = leftOut();
    states.good("alter table t alter name type varchar(12)");

    Reapply.Result first = Reapply.apply(states.goodDatabase(), file);
    assertThat(first.applied()).isZero();
    assertThat(first.refusedRows()).isEqualTo(2);

    states.good("alter table t alter name type text");
    Reapply.Result second = Reapply.apply(states.goodDatabase(), file);
    assertThat(second.applied()).isEqualTo(2);
    assertThat(states.inGood("select id, name, up from t order by id"))
        .isEqualTo(states.inLive("select id, name, up from t order by id"));

    Reapply.Result third = Reapply.apply(states.goodDatabase(), file);
    assertThat(third.applied()).isZero();
    assertThat(third.already()).isEqualTo(2);
  }

  @Test
  void a_row_whose_rule_may_wait_is_applied_and_only_the_one_without_its_parent_stays()
      throws Exception {
    var deferred =
        new TwoStates(
                "create table p (id int primary key); create table c (id int primary key, name"
                    + " varchar(3), p int references p deferrable initially deferred); create"
                    + " function f() returns trigger language plpgsql as 'begin return new; end';"
                    + " create trigger tr before insert on c for each row execute function f()")
            .snapshot();
    deferred.live(
        "alter table c alter name type text",
        "insert into p values (1), (2); insert into c values (1, 'too long', 1), (2, 'longer', 2)");
    new Salvage(deferred.goodDatabase(), deferred.liveDatabase(), Policy.usual(), 1)
        .round(Optional.empty(), folder.resolve("deferred"));
    deferred.good("alter table c alter name type text", "delete from p where id = 2");

    Reapply.Result result =
        Reapply.apply(deferred.goodDatabase(), folder.resolve("deferred/public.c.csv"));

    assertThat(result.applied()).isEqualTo(1);
    assertThat(result.refusedRows()).isEqualTo(1);
    assertThat(deferred.inGood("select id, p from c")).containsExactly("1|1");
    assertThat(deferred.inGood("select tgenabled from pg_trigger where tgname = 'tr'"))
        .containsExactly("O");
  }

  @Test
  void a_file_that_was_cut_off_changes_nothing() throws Exception {
    Path file = leftOut();
    states.good("alter table t alter name type text");
    String text = Files.readString(file);
    Files.writeString(file, text.substring(0, text.length() - 4));

    assertThatThrownBy(() -> Reapply.apply(states.goodDatabase(), file))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("cut off");
    assertThat(states.inGood("select count(*) from t")).containsExactly("2");
  }

  @Test
  void what_is_no_file_of_rows_left_out_is_refused_in_words() throws Exception {
    Path sql =
        Files.writeString(folder.resolve("t.sql"), "-- Rows\ninsert into t values (1, 2);\n");

    assertThatThrownBy(() -> Reapply.apply(states.goodDatabase(), folder.resolve("nosuch.csv")))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("nosuch.csv: there is no such file");
    assertThatThrownBy(() -> Reapply.apply(states.goodDatabase(), sql))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("take the .csv");
  }

  @Test
  void a_file_of_another_table_is_refused_in_words() throws Exception {
    Path file = folder.resolve("x.csv");
    Files.writeString(
        file,
        "lastgood_table,lastgood_kind,lastgood_reason,\"id\"\n\"public.no\",inserted,\"\",\"1\"\n");

    assertThatThrownBy(() -> Reapply.apply(states.goodDatabase(), file))
        .isInstanceOf(DatabaseTrouble.class)
        .hasMessageContaining("no table public.no");
  }

  @Test
  void the_account_says_what_fits_and_what_to_think_of_the_restored_state() throws Exception {
    states.live(
        "alter table t alter name type text",
        "insert into t values (5, 'fits', null, '2025-05-05'), (6, 'does not fit', null, '2025-01-01')",
        "delete from t where id = 2");

    Account account =
        Account.of(
            states.goodDatabase(),
            states.liveDatabase(),
            Policy.usual(),
            2,
            List.of("select count(*) from t where id > 1", "delete from t", "select nonsense"));

    assertThat(account.verdict()).isEqualTo("SAFE");
    assertThat(account.rows().inserted()).isEqualTo(2);
    assertThat(account.rows().deleted()).isEqualTo(1);
    assertThat(account.rows().applied()).isEqualTo(2);
    assertThat(account.rows().leftOutRows()).isEqualTo(1);
    var table = account.checks().tables().getFirst();
    assertThat(table.restored().rows()).isEqualTo(2);
    assertThat(table.live().newest())
        .hasValueSatisfying(n -> assertThat(n).startsWith("2025-05-05"));
    assertThat(table.restored().rowSecurity()).isTrue();
    assertThat(account.checks().sequencesBehind()).hasSize(1);
    assertThat(account.checks().queries().getFirst().restored()).isEqualTo("1");
    assertThat(account.checks().queries().get(1).restored()).startsWith("cannot be answered");
    assertThat(states.inGood("select count(*) from t")).containsExactly("2");
    assertThat(states.inLive("select count(*) from t")).containsExactly("3");
  }
}
