package dev.lastgood.chaos.database;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// One thing the release did to the database that is to be rolled back.
enum Migration {
  COLUMN_ADDED("alter table customer add column loyalty int default 7"),
  REQUIRED_COLUMN_ADDED(
      "alter table pair add column region text not null default 'eu'",
      "alter table pair alter column region set default 'us'"),
  COLUMN_DROPPED(
      "alter table customer drop column more cascade", "drop trigger touched on customer"),
  TABLE_ADDED("create table coupon (id serial primary key, code text)"),
  TABLE_DROPPED("drop table legacy"),
  TYPE_WIDENED("alter table customer alter column score type bigint"),
  TYPE_NARROWED("alter table customer alter column tier type varchar(3) using left(tier, 3)"),
  TYPE_CHANGED("alter table price alter column cents type numeric(12, 2) using cents / 100.0"),
  ALL_ROWS_REWRITTEN("update price set cents = 0"),
  SOME_ROWS_REWRITTEN("update customer set tier = 'gol' where id % 5 = 0"),
  CHECK_DROPPED("alter table customer drop constraint low"),
  FOREIGN_KEY_DROPPED("alter table \"Order Lines\" drop constraint bought"),
  INDEX_ADDED("create index slow on \"Order Lines\" (cents)"),
  KEY_DROPPED_AND_MADE_AGAIN(
      "alter table pair drop constraint pair_pkey", "alter table pair add primary key (b, a)");

  private final String sql;

  Migration(String... statements) {
    this.sql = "begin; " + String.join("; ", statements) + "; commit";
  }

  /// In one transaction.
  String sql() {
    return sql;
  }

  static List<Migration> some(Random random) {
    var all = new ArrayList<>(List.of(values()));
    Collections.shuffle(all, random);
    return List.copyOf(all.subList(0, 2 + random.nextInt(5)));
  }
}
