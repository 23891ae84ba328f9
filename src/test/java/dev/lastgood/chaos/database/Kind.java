package dev.lastgood.chaos.database;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A table as its users see it: by what they recognise a row, and what they write into it.
///
/// @param name as in the catalog
/// @param key columns, `name type`
/// @param values columns that only users write, `name type`
/// @param serverKey whether the server gives the key
record Kind(String name, List<String> key, List<String> values, boolean serverKey) {
  static final Kind CUSTOMER =
      new Kind("customer", List.of("id bigint"), List.of("name text", "score int"), true);
  static final Kind ORDER =
      new Kind("Order Lines", List.of("id int"), List.of("customer bigint", "note text"), true);
  static final Kind PAIR =
      new Kind("pair", List.of("a int", "b text"), List.of("note text"), false);
  static final Kind PRICE = new Kind("price", List.of("id int"), List.of("label text"), false);
  static final Kind VISIT =
      new Kind("visit", List.of("id bigint", "day date"), List.of("body text"), false);

  /// No rule of the table tells its rows apart.
  static final Kind LINE = new Kind("line", List.of("body text"), List.of(), false);

  /// Only a migration makes it.
  static final Kind COUPON = new Kind("coupon", List.of("id int"), List.of("code text"), true);

  static final List<Kind> OLD = List.of(CUSTOMER, ORDER, PAIR, PRICE, VISIT, LINE);

  static final String SCHEMA =
      """
      create table customer (id bigint generated always as identity primary key,
        name varchar(60) not null, score int not null constraint low check (score < 1000),
        tier text default 'plain', more jsonb not null default '{}');
      create table "Order Lines" (id serial primary key,
        customer bigint not null constraint bought references customer, cents int default 5, note text,
        doubled int generated always as (cents * 2) stored);
      create index on "Order Lines" (customer);
      create table pair (a int, b text, note text, primary key (a, b));
      create table price (id int primary key, cents int not null, label text);
      create table visit (id bigint, day date, body text, primary key (id, day)) partition by range (day);
      create table visit_old partition of visit for values from ('2026-01-01') to ('2026-07-01');
      create table visit_new partition of visit for values from ('2026-07-01') to ('2027-01-01');
      create table line (body text);
      create table legacy (id int primary key, body text);
      create function touch() returns trigger language plpgsql as
        $$ begin new.more = new.more || '{"touched": true}'; return new; end $$;
      create trigger touched before update on customer for each row execute function touch();
      insert into customer (name, score) select 'first ' || n, n from generate_series(1, 300) n;
      insert into "Order Lines" (customer, note) select 1 + n % 300, 'first ' || n
        from generate_series(1, 600) n;
      insert into pair select n % 30, 'b' || n, 'first ' || n from generate_series(1, 400) n;
      insert into price select n, n * 100, 'first ' || n from generate_series(1, 22000) n;
      insert into visit select n, date '2026-01-01' + n % 360, 'first ' || n
        from generate_series(1, 500) n;
      insert into line select 'first ' || n from generate_series(1, 300) n;
      insert into legacy select n, 'old' from generate_series(1, 50) n;
      """;

  static String column(String column) {
    return column.substring(0, column.lastIndexOf(' '));
  }

  private static String mark(String column) {
    return "?::" + column.substring(column.lastIndexOf(' ') + 1);
  }

  private static String equal(String column) {
    return column(column) + " = " + mark(column);
  }

  private String keyTexts() {
    return key.stream().map(c -> column(c) + "::text").collect(Collectors.joining(", "));
  }

  private String where() {
    return key.stream().map(Kind::equal).collect(Collectors.joining(" and "));
  }

  String quoted() {
    return '"' + name + '"';
  }

  /// Parameters: the key unless the server gives it, then the values.
  String insert() {
    List<String> columns = new ArrayList<>(serverKey ? List.of() : key);
    columns.addAll(values);
    return "insert into "
        + quoted()
        + " ("
        + columns.stream().map(Kind::column).collect(Collectors.joining(", "))
        + ") values ("
        + columns.stream().map(Kind::mark).collect(Collectors.joining(", "))
        + ") returning "
        + keyTexts();
  }

  /// Parameters: the values, then the key.
  String update() {
    return "update "
        + quoted()
        + " set "
        + values.stream().map(Kind::equal).collect(Collectors.joining(", "))
        + " where "
        + where();
  }

  String delete() {
    return "delete from " + quoted() + " where " + where();
  }

  /// Key and values of all rows.
  String all() {
    List<String> columns = new ArrayList<>(key);
    columns.addAll(values);
    return "select "
        + columns.stream().map(c -> column(c) + "::text").collect(Collectors.joining(", "))
        + " from "
        + quoted();
  }
}
