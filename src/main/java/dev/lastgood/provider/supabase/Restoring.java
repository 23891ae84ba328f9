package dev.lastgood.provider.supabase;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Restores and follows it. Nothing at Supabase keeps a second restore from throwing away what was
/// written since the first, so this asks once and remembers before it asks.
final class Restoring {
  private static final String HEALTHY = "ACTIVE_HEALTHY";
  private static final String PAUSED = "INACTIVE";

  private final String component;
  private final SupabaseApi supabase;
  private final Memory memory;
  private final Duration grace;
  private final InstantSource clock;

  Restoring(
      String component, SupabaseApi supabase, Memory memory, Duration grace, InstantSource clock) {
    this.component = component;
    this.supabase = supabase;
    this.memory = memory;
    this.grace = grace;
    this.clock = clock;
  }

  static boolean paused(String status) {
    return status.equals(PAUSED);
  }

  private static boolean failed(String status) {
    return status.endsWith("_FAILED") || status.equals("REMOVED");
  }

  /// What is remembered, brought up to date: a restore whose server runs has become what is live.
  /// Only asked while the project is healthy; the file is left alone.
  Memory.State settled() throws PlatformUnreachable {
    Memory.State state = memory.read();
    if (state.pending().isEmpty() || !supabase.status().equals(HEALTHY)) {
      return state;
    }
    Memory.Pending pending = state.pending().get();
    return supabase.started().equals(pending.started())
        ? state
        : new Memory.State(pending.to(), state.pending(), state.moments());
  }

  Sight look(Act act) throws PlatformUnreachable {
    String status = supabase.status();
    if (failed(status)) {
      return new Sight.Failed("the project is " + status + ": see its dashboard, ask its support");
    }
    if (paused(status)) {
      return new Sight.NotYet("the project is paused");
    }
    if (!status.equals(HEALTHY)) {
      return new Sight.UnderWay("the project is " + status);
    }
    Memory.State state = settled();
    if (state.live().equals(act.get("to"))) {
      return new Sight.Holds(
          "the project is " + status + ", its database server began after the restore");
    }
    Optional<Memory.Pending> ours = state.pending().filter(p -> p.to().equals(act.get("to")));
    // Right after it was accepted the project seems untouched; to ask again would restore again.
    return ours.isPresent() && clock.instant().isBefore(ours.get().asked().plus(grace))
        ? new Sight.UnderWay("it was asked for, and the project is still " + status)
        : new Sight.NotYet("the project is " + status + ", nothing was restored");
  }

  Outcome act(Act act) throws PlatformUnreachable {
    String to = act.get("to");
    String status = supabase.status();
    Memory.State state = settled();
    boolean ours = state.pending().filter(p -> p.to().equals(to)).isPresent();
    if (!status.equals(HEALTHY)) {
      return ours && !failed(status) && !paused(status)
          ? new Outcome.Done("asked for already: the project is " + status)
          : refused(busy(status));
    }
    if (state.live().equals(to)) {
      return new Outcome.Done(to + " was restored already");
    }
    if (!state.live().equals(act.get("from"))) {
      return refused(state.live() + " was restored after the plan was made; plan again");
    }
    if (ours && look(act) instanceof Sight.UnderWay) {
      return new Outcome.Done("asked for already");
    }
    Backups backups = supabase.backups();
    Optional<Backups.Backup> backup = backups.find(to);
    Optional<Instant> moment = moment(act, state);
    Optional<String> unfit =
        backup.isPresent()
            ? backup.get().unfit()
            : moment.isPresent()
                ? backups.unfit(moment.get())
                : Optional.of("there is no such backup any more");
    if (unfit.isPresent()) {
      return refused(to + ": " + unfit.get() + "; plan again with another target");
    }
    var pending = new Memory.Pending(state.live(), to, clock.instant(), supabase.started());
    memory.write(state.asks(pending));
    Outcome outcome =
        backup.isPresent()
            ? supabase.restore(backup.get().id())
            : supabase.restoreTo(moment.orElseThrow().getEpochSecond());
    if (outcome instanceof Outcome.Refused) {
      memory.write(state.forgets());
    }
    return outcome;
  }

  /// The second an act goes to: its own, or the last one before the restore that it takes back.
  private static Optional<Instant> moment(Act act, Memory.State state) {
    if (act.with().containsKey("second")) {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(act.get("second"))));
    }
    return state
        .pending()
        .filter(p -> p.from().equals(act.get("to")) && p.to().equals(act.get("from")))
        .map(p -> p.asked().minusSeconds(1));
  }

  private Outcome refused(String why) {
    return new Outcome.Refused(component + ": " + why);
  }

  private static String busy(String status) {
    if (paused(status)) {
      return "the project is paused; resume it first (a new plan does that)";
    }
    return failed(status)
        ? "the project is " + status + ": see its dashboard, ask its support"
        : "somebody else is at it right now, the project is "
            + status
            + "; wait until it is over, then plan again";
  }

  // ---- out of a pause

  Sight lookAtResume() throws PlatformUnreachable {
    String status = supabase.status();
    String seen = "the project is " + status;
    if (failed(status)) {
      return new Sight.Failed(seen);
    }
    if (status.equals(HEALTHY)) {
      return new Sight.Holds(seen);
    }
    return paused(status) ? new Sight.NotYet(seen) : new Sight.UnderWay(seen);
  }

  Outcome resume() throws PlatformUnreachable {
    String status = supabase.status();
    return paused(status) ? supabase.resume() : new Outcome.Done("the project is " + status);
  }
}
