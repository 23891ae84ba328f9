package dev.lastgood.database.migration;

import java.util.List;
import java.util.Optional;

/// A migration as its files say it.
///
/// @param id as the state table of its tool names it
/// @param up its SQL; empty: it is written in another language, see `silent`
/// @param down the SQL that takes it back, where somebody wrote it
/// @param checksum as the tool computes it, where the tool keeps one
/// @param silent why there is no SQL, or not all of it; empty when all of it is there
/// @param previous the migrations it stands on, for tools that say so
/// @param runnable whether `up` and `down` are what the tool runs, word for word
/// @param printable whether its tool can print it without others
public record Migration(
    String id,
    Optional<String> up,
    Optional<String> down,
    Optional<String> checksum,
    String silent,
    List<String> previous,
    boolean runnable,
    boolean printable) {

  public Migration {
    previous = List.copyOf(previous);
  }

  static Migration sql(String id, String up, Optional<String> down, Optional<String> checksum) {
    return new Migration(id, Optional.of(up), down, checksum, "", List.of(), true, true);
  }

  static Migration silent(String id, String why) {
    return new Migration(
        id, Optional.empty(), Optional.empty(), Optional.empty(), why, List.of(), false, true);
  }

  static Migration code(String id, Optional<String> up, Optional<String> down, String language) {
    return new Migration(
        id,
        up,
        down,
        Optional.empty(),
        up.isPresent()
            ? ""
            : "it is written in " + language + ", which is not executed to find out",
        List.of(),
        up.isPresent(),
        true);
  }

  /// The same with SQL that the tool itself printed.
  ///
  /// @param stateTable what happens to it is the tool's own business
  public Migration printed(String sql, String stateTable) {
    return new Migration(
        id,
        Optional.of(Printed.without(sql, stateTable)),
        down,
        checksum,
        Printed.misses(sql, stateTable),
        previous,
        false,
        true);
  }

  Migration after(List<String> before) {
    return new Migration(id, up, down, checksum, silent, before, runnable, printable);
  }

  /// A merge, or one that depends on others: what its tool prints of it is theirs, too.
  static Migration together(String id) {
    return new Migration(
        id,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "it is a merge, or depends on others: its own SQL cannot be printed alone",
        List.of(),
        false,
        false);
  }

  /// The same, translated from another form: good for judging, not for running.
  Migration translated() {
    return new Migration(id, up, down, checksum, silent, previous, false, printable);
  }
}
