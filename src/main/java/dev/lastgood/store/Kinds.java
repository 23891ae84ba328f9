package dev.lastgood.store;

import dev.lastgood.run.RunEvent;

/// The names of the events in the column `kind`, for people who read the table. They are the same
/// as in the JSON; a test compares them.
final class Kinds {
  private Kinds() {}

  static String of(RunEvent event) {
    return switch (event) {
      case RunEvent.Proposed _ -> "proposed";
      case RunEvent.Approved _ -> "approved";
      case RunEvent.Began _ -> "began";
      case RunEvent.Intended _ -> "intended";
      case RunEvent.Ended _ -> "ended";
      case RunEvent.Sampled _ -> "sampled";
      case RunEvent.Asked _ -> "asked";
      case RunEvent.Chosen _ -> "chosen";
      case RunEvent.StopAsked _ -> "stop-asked";
      case RunEvent.Noted _ -> "noted";
      case RunEvent.Finished _ -> "finished";
    };
  }
}
