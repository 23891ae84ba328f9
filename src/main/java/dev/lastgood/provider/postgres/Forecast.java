package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.salvage.Round;
import dev.lastgood.database.salvage.TableRound;
import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What taking an exchange back would carry over and what it would leave out: it is tried in the
/// kept database, in a transaction that is taken back.
///
/// @param costs what the plan says
/// @param losses what does not fit
record Forecast(List<String> costs, List<String> losses) {
  /// A larger database is not tried while a plan is made.
  private static final long LARGEST = 16L << 30;

  private static final int SHOWN = 12;

  /// @param turn a session of the maintenance database
  static Forecast of(
      Session turn, TakingBack back, CarryingOver carrying, Standing live, Standing target)
      throws SQLException, PlatformUnreachable {
    return of(turn, turn, back, carrying, live, target);
  }

  /// @param turn as above, where the live database is
  /// @param door the same where the target is
  static Forecast of(
      Session turn,
      Session door,
      TakingBack back,
      CarryingOver carrying,
      Standing live,
      Standing target)
      throws SQLException, PlatformUnreachable {
    if (live.bytes() > LARGEST) {
      return untried("a database of " + Ways.megabytes(live.bytes()) + " is not tried beforehand");
    }
    try {
      return Turn.take(turn, live.name(), Duration.ZERO)
          ? tried(door, back, carrying, live, target)
          : untried("somebody else is at " + live.name() + " now");
    } catch (DatabaseTrouble e) {
      return untried(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformUnreachable("interrupted", e);
    }
  }

  private static Forecast tried(
      Session door, TakingBack back, CarryingOver carrying, Standing live, Standing target)
      throws SQLException, PlatformUnreachable, DatabaseTrouble, InterruptedException {
    try (Door _ = back.open(door, target)) {
      Forecast tried = of(carrying.tried(live, target));
      List<String> costs = new ArrayList<>(tried.costs());
      costs.addAll(carrying.stays(live, target));
      return new Forecast(costs, tried.losses());
    }
  }

  static Forecast untried(String why) {
    return new Forecast(
        List.of("what users wrote since is carried over where it fits"),
        List.of("whatever of it does not fit; how much that is could not be counted: " + why));
  }

  static Forecast of(Round round) {
    List<String> costs = new ArrayList<>();
    List<String> losses = new ArrayList<>();
    for (TableRound table : round.tables()) {
      if (table.applied() > 0) {
        costs.add(
            "carried over, as of now: "
                + Text.plain(table.table().toString())
                + ": "
                + counted(table));
      }
      table
          .leftOut()
          .forEach((reason, rows) ->
              losses.add(
                  Text.plain(table.table().toString())
                      + ": "
                      + rows
                      + (rows == 1 ? " row does" : " rows do")
                      + " not fit and "
                      + (rows == 1 ? "goes" : "go")
                      + " into a file: "
                      + Text.plain(reason)));
    }
    if (costs.isEmpty()) {
      costs.add("users wrote nothing since that would have to be carried over, as of now");
    }
    costs.add("rows that users write until the switch are carried over as well, where they fit");
    return new Forecast(bounded(costs), bounded(losses));
  }

  private static String counted(TableRound table) {
    return table.inserted()
        + " inserted, "
        + table.updated()
        + " updated, "
        + table.deleted()
        + " deleted"
        + (table.leftOutRows() > 0 ? ", " + table.leftOutRows() + " of them not" : "");
  }

  private static List<String> bounded(List<String> lines) {
    if (lines.size() <= SHOWN) {
      return lines;
    }
    List<String> all = new ArrayList<>(lines.subList(0, SHOWN));
    all.add("and " + (lines.size() - SHOWN) + " lines more");
    return all;
  }
}
