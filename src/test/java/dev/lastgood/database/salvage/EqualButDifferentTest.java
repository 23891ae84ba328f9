package dev.lastgood.database.salvage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.database.TwoStates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A change is found where SQL calls both values equal, or where a hash of the server's is the same
/// for both: by reading a table whole, and by sums of a large one.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EqualButDifferentTest {
  private static final String TYPES =
      "create extension citext;"
          + " create collation anyhow (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"
          + " create type price as (amount numeric, nick citext); create domain share as numeric;"
          + " create domain nick as text collate anyhow;"
          + " create type sums as range (subtype = numeric); ";

  private static final List<Case> CASES =
      List.of(
          of("numeric", "1.0", "1.00"),
          of("numeric", "0", "0.0"),
          of("numeric", "0", null),
          of("numeric(12,2)", "0", null),
          of("numeric(12,2)", "5.00", "-5.00"),
          of("numeric(12,2)", "1.00", "10000.00"),
          of("numeric(12,2)", "NaN", null),
          of("numeric", "NaN", "Infinity"),
          of("share", "1.0", "1.00"),
          of("share[]", "{1.0}", "{1.00}"),
          of("float8", "0", "-0"),
          of("float4", "0", "-0"),
          of("float8", "1", "1.0000000000000002"),
          of("citext", "Bob", "bob"),
          of("text collate anyhow", "Bob", "bob"),
          of("varchar(9) collate anyhow", "Bob", "bob"),
          of("text[] collate anyhow", "{Bob}", "{bob}"),
          of("nick", "Bob", "bob"),
          of("text", "", null),
          of("text", "ü", "u\u0308"),
          of("char(3)", "ab", "abc"),
          of("name", "ab", "aB"),
          of("jsonb", "{\"a\": [1.0]}", "{\"a\": [1.00]}"),
          of("jsonb", "null", null),
          of("json", "{\"a\":1}", "{\"a\": 1}"),
          of("xml", "<a/>", "<a></a>"),
          of("interval", "1 day", "24:00:00"),
          of("interval", "1 mon", "30 days"),
          of("timetz", "12:00:00+00", "13:00:00+01"),
          of("int[]", "{1,2}", "[0:1]={1,2}"),
          of("int[]", "{1,2}", "{{1,2}}"),
          of("numeric[]", "{1.0,null}", "{1.00,null}"),
          of("price", "(1.0,x)", "(1.00,x)"),
          of("price", "(1.0,X)", "(1.0,x)"),
          of("price", "(,)", null),
          of("price[]", "{\"(1.0,X)\"}", "{\"(1.0,x)\"}"),
          of("sums", "[1.0,2)", "[1.00,2)"),
          of("bit(2)", "01", "10"),
          of("bytea", "\\x00", "\\x0000"),
          of("bytea", "\\x", null),
          of("boolean", "f", null),
          of("point", "(0,0)", "(-0,0)"),
          of("oid", "0", "4294967295"),
          of("int2", "0", null),
          of("int4", "0", "-1"),
          of("uuid", "00000000-0000-0000-0000-000000000000", null),
          of("inet", "10.0.0.1", "10.0.0.1/8"),
          of("macaddr", "00:00:00:00:00:00", null),
          of("date", "infinity", "-infinity"),
          of("date", "2000-01-01", null),
          of("date", "infinity", null),
          of("timestamp", "infinity", "-infinity"),
          of("timestamp", "2000-01-01", null),
          of("timestamptz", "2024-03-31 02:00+00", "2024-03-31 02:00+01"),
          // the server's own hash of 64 bits takes these for one
          of("int8", "1", "4294967296"),
          of("int8", "-1", "4294967295"),
          of("timestamp", "2000-01-01 00:00:00.000001", "2000-01-01 01:11:34.967296"),
          of("timestamp", "2000-01-01 00:30", "1999-12-31 23:18:25.032704"),
          of("timestamp", "4714-11-24 00:00:00 BC", "294276-12-31 23:59:59.999999"),
          of("timestamptz", "2000-01-01 00:00:00.000001Z", "2000-01-01 01:11:34.967296Z"),
          of("timestamptz", "2000-01-01 00:30Z", "1999-12-31 23:18:25.032704Z"),
          of("time", "00:00:00.000001", "01:11:34.967296"));

  @TempDir Path folder;

  private record Case(String type, String good, @Nullable String live) {}

  private static Case of(String type, String good, @Nullable String live) {
    return new Case(type, good, live);
  }

  @Test
  void a_change_is_found_in_a_table_that_is_read_whole() throws Exception {
    carried(columns("id int primary key"));
  }

  @Test
  void a_change_is_found_by_ranges_of_keys() throws Exception {
    carried(columns("id int primary key") + many("id", "n"));
  }

  @Test
  void a_change_is_found_by_ranges_of_a_part_of_the_key() throws Exception {
    carried(columns("id int, part text default 'a', primary key (id, part)") + many("id", "n"));
  }

  @Test
  void a_change_is_found_by_hashes_of_keys() throws Exception {
    carried(columns("id text primary key") + many("id", "n"));
  }

  @Test
  void a_change_is_found_in_a_table_without_key() throws Exception {
    carried(columns("id int"));
  }

  /// Rows that change places have the same hashes as before, and zeros the same as nulls next to
  /// them.
  @Test
  void values_that_change_places_are_found() throws Exception {
    String schema =
        "create table t (id int primary key, a int8, b int8, c numeric(9,2), d numeric(9,2) default 1, e numeric(9,2) default 2); insert into t select n, n % 4, 0, 0"
            + " from generate_series(0, 40000) n; create table u (id int, part int, a int8, primary key (id, part));"
            + " insert into u select n / 2, n % 2, n % 4 from generate_series(0, 40000) n; analyze";
    var states = new TwoStates(schema);
    states.rebuilt(schema);
    states.live(
        "update t set a = 3 - a where id < 400",
        "update t set a = b, b = a where id between 1000 and 1399",
        "update t set c = null where id between 2000 and 2399",
        "update t set d = 10000, e = 20000 where id between 3000 and 3399",
        "update u set a = a # 1 where id < 200");

    Round round = carry(states);

    assertThat(states.inGood("select * from t order by id"))
        .isEqualTo(states.inLive("select * from t order by id"));
    assertThat(states.inGood("select * from u order by id, part"))
        .isEqualTo(states.inLive("select * from u order by id, part"));
    assertThat(round.updated()).isEqualTo(400 + 300 + 400 + 400 + 400);
  }

  private Round carry(TwoStates states) throws Exception {
    return new Salvage(states.goodDatabase(), states.liveDatabase(), Policy.usual(), 2)
        .round(Optional.empty(), folder.resolve("left-out"));
  }

  private static String columns(String key) {
    var columns = new StringBuilder(TYPES + "create table t (" + key);
    for (int i = 0; i < CASES.size(); i++) {
      columns.append(", c").append(i).append(" ").append(CASES.get(i).type());
    }
    return columns + "); ";
  }

  private static String many(String key, String value) {
    return "insert into t (%s) select %s from generate_series(100000, 140000) n; analyze t; "
        .formatted(key, value);
  }

  /// One row for each case.
  private static String rows(boolean good) {
    var rows = new ArrayList<String>();
    for (int i = 0; i < CASES.size(); i++) {
      String text = good ? CASES.get(i).good() : CASES.get(i).live();
      rows.add(
          "insert into t (id, c%d) values (%d, %s)"
              .formatted(i, 1000 * i, text == null ? "null" : "'" + text + "'"));
    }
    return String.join("; ", rows);
  }

  private void carried(String schema) throws Exception {
    var states = new TwoStates(schema + rows(false));
    states.rebuilt(schema + rows(true));
    String each =
        "select t::text from t where id::int < 100000 order by id::int, t::text collate \"C\"";

    Round round = carry(states);

    assertThat(states.inGood(each)).hasSize(CASES.size()).isEqualTo(states.inLive(each));
    assertThat(round.updated() + round.deleted()).isEqualTo(CASES.size());
    assertThat(round.leftOutRows()).isZero();
  }
}
