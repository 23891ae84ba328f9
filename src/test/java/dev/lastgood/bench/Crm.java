package dev.lastgood.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// A database like that of a customer relations system: 8 tables with foreign keys, indexes, row
/// security, jsonb, a generated column and triggers; 10 M rows at 3 GiB. Made by the server alone,
/// the same for the same size.
public final class Crm {
  /// Of 3 GiB.
  private static final double FULL = 3072;

  private final int megabytes;

  /// @param megabytes about how large the database becomes, indexes included
  public Crm(int megabytes) {
    this.megabytes = megabytes;
  }

  long rows(String table) {
    long full =
        switch (table) {
          case "company" -> 60_000;
          case "contact" -> 900_000;
          case "deal" -> 1_100_000;
          case "activity" -> 3_200_000;
          case "message" -> 1_700_000;
          case "label" -> 400;
          case "contact_label" -> 2_300_000;
          case "event" -> 740_000;
          default -> throw new IllegalArgumentException(table);
        };
    return Math.max(400, (long) (full * megabytes / FULL));
  }

  static final List<String> TABLES =
      List.of(
          "company", "contact", "deal", "activity", "message", "label", "contact_label", "event");

  long rows() {
    return TABLES.stream().mapToLong(this::rows).sum();
  }

  public void make(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("set synchronous_commit = off; set maintenance_work_mem = '256MB'");
      statement.execute(TABLES_SQL);
      for (String table : TABLES) {
        statement.execute(rowsOf(table));
      }
      for (String sql : AFTERWARDS.split(";;", -1)) {
        statement.execute(sql);
      }
      statement.execute("vacuum analyze");
      statement.execute("checkpoint");
    }
  }

  private static final String TABLES_SQL =
      """
      create table company (id bigint, name text not null, country char(2) not null, more jsonb not null,
        created_at timestamptz not null);
      create table contact (id bigint, company bigint not null, email text not null, name varchar(80) not null,
        score int not null, more jsonb not null, created_at timestamptz not null, updated_at timestamptz not null);
      create table deal (id bigint, company bigint not null, contact bigint not null, title text not null,
        amount numeric(12,2) not null, tax numeric(12,2) generated always as (amount * 0.19) stored,
        stage text not null, closes date, updated_at timestamptz not null);
      create table activity (id bigint, deal bigint not null, kind smallint not null, note text, at timestamptz not null);
      create table message (id bigint, contact bigint not null, subject text not null, body text not null,
        seen boolean not null, at timestamptz not null);
      create table label (id int, name text not null);
      create table contact_label (contact bigint not null, label int not null, at timestamptz not null);
      create table event (id uuid not null, kind text not null, about bigint, data jsonb not null, at timestamptz not null);
      """;

  private String rowsOf(String table) {
    long n = rows(table);
    String when = "timestamptz '2025-01-01' + i * interval '3 seconds'";
    String columns =
        switch (table) {
          case "company" ->
              "i, 'Company ' || i, (array['DE','FR','ES','IT'])[1 + i % 4], jsonb_build_object('size', i % 500, 'vat', 'X' || i), "
                  + when;
          case "contact" ->
              "i, 1 + i %% %d, 'p' || i || '@example.com', 'Person ' || i, i %% 100, jsonb_build_object('phone', '+49' || i, 'city', 'City ' || i %% 900, 'vip', i %% 9 = 0, 'notes', repeat(md5(i::text), 6)), %s, %s"
                  .formatted(rows("company"), when, when);
          case "deal" ->
              "i, 1 + i %% %d, 1 + i %% %d, 'Deal ' || i || ' of ' || md5(i::text), i %% 9000, (array['new','open','won','lost'])[1 + i %% 4], date '2025-01-01' + (i %% 700)::int, %s"
                  .formatted(rows("company"), rows("contact"), when);
          case "activity" ->
              "i, 1 + i %% %d, i %% 7, case when i %% 3 = 0 then null else 'called about ' || md5(i::text) || md5((i + 1)::text) end, %s"
                  .formatted(rows("deal"), when);
          case "message" ->
              "i, 1 + i %% %d, 'About ' || i, repeat(md5(i::text), 19), i %% 2 = 0, %s"
                  .formatted(rows("contact"), when);
          case "label" -> "i, 'label ' || i";
          case "contact_label" ->
              "1 + i %% %d, 1 + (i / %d) %% 400, %s"
                  .formatted(rows("contact"), rows("contact"), when);
          case "event" ->
              "md5(i::text)::uuid, 'kind ' || i % 20, i, jsonb_build_object('n', i, 'by', 'p' || i % 1000), "
                  + when;
          default -> throw new IllegalArgumentException(table);
        };
    String names =
        table.equals("deal")
            ? " (id, company, contact, title, amount, stage, closes, updated_at)"
            : "";
    return "insert into "
        + table
        + names
        + " select "
        + columns
        + " from generate_series(1, "
        + n
        + ") i";
  }

  private static final String AFTERWARDS =
      """
      alter table company add primary key (id), alter id add generated by default as identity;;
      alter table contact add primary key (id), alter id add generated by default as identity;;
      alter table deal add primary key (id), alter id add generated by default as identity;;
      alter table activity add primary key (id), alter id add generated by default as identity;;
      alter table message add primary key (id), alter id add generated by default as identity;;
      alter table label add primary key (id);;
      alter table contact_label add primary key (contact, label);;
      alter table event add primary key (id);;
      do $$ declare t text; begin
        foreach t in array array['company', 'contact', 'deal', 'activity', 'message'] loop
          execute format('select setval(pg_get_serial_sequence(%L, ''id''), (select max(id) from %I))', t, t);
        end loop;
      end $$;;
      create unique index on contact (email);;
      create index on contact (company);;
      create index on contact using gin (more jsonb_path_ops);;
      create index on deal (company);;
      create index on deal (contact);;
      create index on deal (stage, closes);;
      create index on activity (deal, at);;
      create index on message (contact);;
      create index on contact_label (label);;
      create index on event (at);;
      alter table contact add foreign key (company) references company;;
      alter table deal add foreign key (company) references company, add foreign key (contact) references contact;;
      alter table activity add foreign key (deal) references deal on delete cascade;;
      alter table message add foreign key (contact) references contact;;
      alter table contact_label add foreign key (contact) references contact, add foreign key (label) references label;;
      create function touch() returns trigger language plpgsql as
        $$ begin new.updated_at = now(); return new; end $$;;
      create trigger touch before update on contact for each row execute function touch();;
      create trigger touch before update on deal for each row execute function touch();;
      alter table contact enable row level security;;
      alter table deal enable row level security;;
      create policy ours on contact using (score >= 0);;
      create policy ours on deal using (amount >= 0);;
      create view pipeline as select stage, count(*), sum(amount) from deal group by 1
      """;
}
