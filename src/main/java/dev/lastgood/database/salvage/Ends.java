package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.DatabaseTrouble;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// What one round knows about an earlier exchange of the two databases, and notes for the next one.
/// Where no exchange is meant it knows and notes nothing.
final class Ends {
  private final Optional<Parting> parting;
  private final Optional<Parted> parted;
  private final Optional<Mark> reached;
  private final Connection target;

  private Ends(
      Optional<Parting> parting,
      Optional<Parted> parted,
      Optional<Mark> reached,
      Connection target) {
    this.parting = parting;
    this.parted = parted;
    this.reached = reached;
    this.target = target;
  }

  /// @param confined whether both sides are in one database, with others
  static Ends of(
      Optional<Exchange> exchange,
      Connection source,
      Connection target,
      Catalog.Server live,
      boolean confined)
      throws SQLException, DatabaseTrouble {
    if (exchange.isEmpty()) {
      return new Ends(Optional.empty(), Optional.empty(), Optional.empty(), target);
    }
    var parting =
        new Parting(
            target, exchange.get(), live.database(), confined ? Parting.NEXT : Parting.SCHEMA);
    return new Ends(
        Optional.of(parting),
        exchange.get().back()
            ? Optional.of(Parted.of(source, live, exchange.get().before(), !confined))
            : Optional.empty(),
        parting.reached(),
        target);
  }

  /// Whether only what was written since the exchange counts.
  boolean back() {
    return parted.isPresent();
  }

  /// @param since from where the caller wants to go on
  /// @return from where the round may
  Optional<Mark> since(Optional<Mark> since) {
    if (parting.isEmpty()) {
      return since;
    }
    if (reached.isEmpty()) {
      return parted.map(Parted::mark);
    }
    return parted.isPresent()
        ? Optional.of(since.or(() -> reached).orElseThrow().notBefore(parted.get().mark()))
        : since;
  }

  /// Why a table cannot take part.
  Optional<String> trouble(TablePlan plan) {
    return parted.flatMap(p -> p.trouble(plan));
  }

  /// @param replayed tables that a replay carries over and notes
  void begin(List<Found> found, List<TablePlan> replayed, boolean incremental) throws SQLException {
    if (parting.isEmpty()) {
      return;
    }
    var plans = new ArrayList<>(replayed);
    found.forEach(f -> plans.add(f.plan));
    boolean fresh = reached.isEmpty() || !incremental;
    if (fresh) {
      var stay = new HashSet<Long>();
      replayed.forEach(p -> stay.add(p.table(Side.GOOD).identity()));
      parting.get().anew(stay);
    }
    var whole = new ArrayList<TablePlan>();
    found.stream()
        .filter(f -> !f.plan.keyed() && f.goodRows + f.liveRows > 0)
        .forEach(f -> whole.add(f.plan));
    parting.get().begin(plans, whole);
    if (fresh && parted.isPresent()) {
      parted.get().flip(parting.get(), target, plans);
    }
  }

  void end(Mark mark, SortedMap<String, String> renamed) throws SQLException {
    if (parting.isPresent()) {
      parting.get().end(mark, renamed);
    }
  }

  // -- rows -------------------------------------------------------------------------------------

  /// What is known of some rows of a table, by key.
  record Known(
      Map<List<String>, Left> left, Map<List<String>, Map<Integer, @Nullable Long>> bases) {
    static final Known NOTHING = new Known(Map.of(), Map.of());
  }

  Known known(TablePlan plan, List<List<String>> keys) throws SQLException {
    if (parted.isEmpty()) {
      return Known.NOTHING;
    }
    Map<List<String>, Left> left = parted.get().of(plan, keys);
    return left.isEmpty()
        ? Known.NOTHING
        : new Known(left, parting.orElseThrow().bases(plan, keys));
  }

  void left(TablePlan plan, Change change) {
    parting.ifPresent(p -> p.left(plan, change));
  }

  void fits(TablePlan plan, List<String> key) {
    parting.ifPresent(p -> p.fits(plan, key));
  }

  void applied(TablePlan plan, Change change) {
    if (back() && change.kind() == Change.Kind.UPDATE && change.whole()) {
      parting.orElseThrow().merged(plan, change);
    } else {
      fits(plan, change.key());
    }
  }

  void flush() throws SQLException {
    if (parting.isPresent()) {
      parting.get().flushMany();
    }
  }

  /// How people call the database that is written into.
  String words(String reason) {
    return back() ? reason.replace("the good state", "the kept database") : reason;
  }
}
