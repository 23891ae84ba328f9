package dev.lastgood.bench;

import dev.lastgood.database.TwoStates;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.database.salvage.Round;
import dev.lastgood.database.salvage.Salvage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Salvage by comparison against one parallel sequential read of both copies. First argument: rows
/// in all, default 400,000; half a percent of them are new, a fifth of a percent updated, a
/// twentieth deleted, as 50k, 20k and 5k among 10 M. See `bench/README.md`.
public final class SalvageBench {
  private static final int ROUNDS = 3;

  private SalvageBench() {}

  public static void main(String[] args) throws Exception {
    long rows = args.length > 0 ? Long.parseLong(args[0]) : 400_000;
    long orders = rows * 6 / 10;
    long people = rows - orders;
    var states =
        new TwoStates(
            "create table people (id bigint generated always as identity primary key, email text,"
                + " city varchar(40), tags text[], info jsonb, score numeric(10,2), created_at"
                + " timestamptz not null default now())",
            "create table orders (id bigserial primary key, person bigint not null references"
                + " people, amount numeric(12,2), state text, note text, at timestamptz)",
            "insert into people (email, city, tags, info, score) select 'p' || i || '@shop', 'city'"
                + " || i % 900, array['a', 'b' || i % 7], jsonb_build_object('n', i, 'vip', i % 9 ="
                + " 0), i % 1000 from generate_series(1, "
                + people
                + ") i",
            "insert into orders (person, amount, state, note, at) select 1 + i % "
                + people
                + ", i % 500, 'open', md5(i::text), now() from generate_series(1, "
                + orders
                + ") i",
            "create index on orders (person)",
            "analyze");
    states.snapshot();
    // the migration rewrites a twentieth of all rows
    states.live(
        "alter table people add column tier text",
        "update people set tier = 'gold' where id % 8 = 0",
        "insert into orders (person, amount, state, note, at) select 1 + i % "
            + people
            + ", 5, 'new', md5(i::text), now() from generate_series(1, "
            + rows / 200
            + ") i",
        "update orders set state = 'paid' where id in (select 1 + (i * 7919) % "
            + orders
            + " from generate_series(1, "
            + rows / 500
            + ") i)",
        "delete from orders where id in (select 3 + (i * 104729) % "
            + orders
            + " from generate_series(1, "
            + rows / 2000
            + ") i)");
    TwoStates.run(states.liveUrl(), "vacuum analyze");
    TwoStates.run(states.goodUrl(), "vacuum analyze");
    measure(states, rows);
  }

  private static void measure(TwoStates states, long rows) throws Exception {
    var salvage = new Salvage(states.goodDatabase(), states.liveDatabase(), Policy.usual(), 2);
    List<Double> reads = new ArrayList<>();
    List<Double> found = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      reads.add(
          seconds(() -> {
            for (String url : List.of(states.goodUrl(), states.liveUrl())) {
              TwoStates.rows(url, "select count(*), sum(length(info::text)) from people");
              TwoStates.rows(url, "select count(*), sum(length(note)) from orders");
            }
          }));
      found.add(seconds(() -> salvage.rehearse(Optional.empty())));
    }
    Path folder = Files.createTempDirectory("salvage-bench-");
    var rounds = new ArrayList<Round>();
    double applied =
        seconds(() -> rounds.add(salvage.round(Optional.empty(), folder.resolve("1"))));
    states.live("update orders set state = 'late' where id < 200");
    double again =
        seconds(() ->
            rounds.add(salvage.round(Optional.of(rounds.getFirst().mark()), folder.resolve("2"))));
    Round first = rounds.getFirst();
    System.out.printf(
        "%d rows; %d inserted, %d updated, %d deleted, %d applied, %d left out%n",
        rows,
        first.inserted(),
        first.updated(),
        first.deleted(),
        first.applied(),
        first.leftOutRows());
    System.out.printf(
        "one read of both %.2f s; rehearsal %.2f s (%.1f x); round %.2f s; catch-up of %d rows %.2f s"
            + " (%.2f x the round)%n",
        median(reads),
        median(found),
        median(found) / median(reads),
        applied,
        rounds.get(1).found(),
        again,
        again / applied);
    new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
  }

  private interface Task {
    void run() throws Exception;
  }

  private static double seconds(Task task) throws Exception {
    long start = System.nanoTime();
    task.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
