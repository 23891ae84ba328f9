package dev.lastgood.provider.railway;

import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Maintaining;
import dev.lastgood.provider.Maintaining.Maintenance;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.http.Graph;
import dev.lastgood.provider.local.SlotLock;
import dev.lastgood.provider.railway.RailwayApi.Service;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Keeps users away by a variable that the service reads when it starts: the variable is set
/// without a deploy, then what serves is deployed once more from its own image, and only a
/// deployment that was started with the variable counts. A restart would not do: the process would
/// begin anew with the variables that it had.
final class ByVariable {
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final String component;
  private final RailwayApi railway;
  private final Started started;
  private final Deploying deploying;
  private final String variable;
  private final String on;
  private final String off;

  ByVariable(
      String component,
      RailwayApi railway,
      Started started,
      Deploying deploying,
      RailwaySettings.MaintenanceVariable settings) {
    this.component = component;
    this.railway = railway;
    this.started = started;
    this.deploying = deploying;
    this.variable = settings.variable();
    this.on = settings.on().orElse("true");
    this.off = settings.off().orElse("false");
  }

  Maintenance maintenance() throws PlatformUnreachable {
    Service service = railway.service();
    Deployed live =
        service
            .live()
            .orElseThrow(() ->
                new PlatformUnreachable(component + ": no deployment serves that could say so"));
    return new Maintenance(
        startedOn(live),
        List.of(act(Maintaining.BEGIN, service, on, "keep users away by ")),
        List.of(act(Maintaining.END, service, off, "let users in again by ")));
  }

  private Act act(String verb, Service service, String value, String says) {
    Instant newest =
        service.newest().isEmpty() ? Instant.EPOCH : service.newest().getFirst().created();
    String assignment = Text.plain(variable + "=" + value);
    return new Act(
        component,
        verb,
        new TreeMap<>(Map.of("after", newest.toString(), "variable", variable)),
        says + assignment + ": " + component + " is deployed once more as it is",
        "railway variables set "
            + Text.shellWord(assignment)
            + " --skip-deploys, then railway redeploy, for the service at "
            + railway.page(),
        Duration.ofSeconds(45).plus(deploying.settle()),
        LONGEST,
        Duration.ZERO);
  }

  private boolean startedOn(Deployed live) throws PlatformUnreachable {
    return railway.startedWith(live.id(), variable).equals(Optional.of(on));
  }

  // ---- looking

  Sight look(Act act) throws PlatformUnreachable {
    boolean begin = act.verb().equals(Maintaining.BEGIN);
    Service service = railway.service();
    Optional<Deployed> coming = service.newest().stream().filter(Deployed::coming).findFirst();
    if (coming.isPresent()) {
      return new Sight.UnderWay("deployment " + named(coming.get()));
    }
    Optional<Deployed> live = service.live();
    if (live.isEmpty()) {
      return new Sight.Failed("nothing serves any more; see " + railway.page());
    }
    String seen = live.get().id() + " serves, " + (begin ? "" : "not ") + "started with it";
    if (startedOn(live.get()) == begin && (begin || !setOn())) {
      return deploying.settled(service, live.get(), seen);
    }
    Optional<Deployed> broken =
        service.newest().stream()
            .filter(d -> d.created().isAfter(Instant.parse(act.get("after"))))
            .filter(d -> d.created().isAfter(live.get().created()) && !d.running())
            .findFirst();
    return broken.isPresent()
        ? new Sight.Failed("deployment " + named(broken.get()) + "; see its log in Railway")
        : new Sight.NotYet(
            live.get().id()
                + " serves, which was started with "
                + variable
                + (begin ? " off" : " on, or it is still set"));
  }

  private boolean setOn() throws PlatformUnreachable {
    return railway.variable(variable).equals(Optional.of(on));
  }

  private static String named(Deployed one) {
    return one.id() + " is " + one.status();
  }

  // ---- acting

  Outcome act(Act act) throws PlatformUnreachable {
    try (SlotLock turn = started.turn().orElse(null)) {
      return turn == null
          ? new Outcome.Refused(
              component + ": another Lastgood is at it on this machine; nothing was sent")
          : inTurn(act.verb().equals(Maintaining.BEGIN));
    } catch (IOException e) {
      throw new IllegalStateException("closing a lock fails only where the disk is gone", e);
    }
  }

  private Outcome inTurn(boolean begin) throws PlatformUnreachable {
    Service service = railway.service();
    Map<String, String> copies = started.copies(service.newest());
    Optional<Deployed> coming = service.newest().stream().filter(Deployed::coming).findFirst();
    if (coming.isPresent()) {
      return copies.containsKey(coming.get().id())
          ? new Outcome.Done("under way already: " + named(coming.get()))
          : new Outcome.Refused(
              component
                  + ": somebody else deploys right now: "
                  + named(coming.get())
                  + "; wait until it is over or cancel it in Railway");
    }
    if (service.live().isEmpty()) {
      return new Outcome.Refused(
          component + ": nothing serves, so nothing can be deployed once more");
    }
    Deployed live = service.live().get();
    boolean lasts = startedOn(live) == begin;
    Optional<Outcome> trouble = set(begin ? on : off);
    if (trouble.isPresent() || lasts) {
      return trouble.orElseGet(() -> new Outcome.Done("it was started so already"));
    }
    return deployed(service, live, Started.origin(copies, live.id()));
  }

  /// @param origin the release it is
  private Outcome deployed(Service service, Deployed live, String origin) {
    try {
      started.wish(
          new Started.Wish(
              origin, service.newest().getFirst().created(), live.commit(), live.image()));
    } catch (PlatformUnreachable e) {
      return afterTheVariable(new Outcome.Refused(String.valueOf(e.getMessage())));
    }
    return switch (railway.redeploy(live.id())) {
      case Graph.Made.No no -> afterTheVariable(no.outcome());
      case Graph.Made.Yes _ -> new Outcome.Done("accepted");
    };
  }

  /// Sets it where it is not, and sees that it is.
  ///
  /// @return empty: it is set
  private Optional<Outcome> set(String value) throws PlatformUnreachable {
    if (railway.variable(variable).equals(Optional.of(value))) {
      return Optional.empty();
    }
    if (railway.setVariable(variable, value) instanceof Graph.Made.No no) {
      return Optional.of(no.outcome());
    }
    try {
      return railway.variable(variable).equals(Optional.of(value))
          ? Optional.empty()
          : Optional.of(new Outcome.Unknown("it accepted " + variable + " and does not show it"));
    } catch (PlatformUnreachable e) {
      return Optional.of(new Outcome.Unknown("it accepted " + variable + "; " + e.getMessage()));
    }
  }

  /// The variable waits for the next deploy then, whoever begins that.
  private Outcome afterTheVariable(Outcome outcome) {
    return outcome instanceof Outcome.Refused refused
        ? new Outcome.Unknown(
            variable
                + " is set, but not deployed: "
                + refused.reason()
                + "; set it back, or deploy")
        : outcome;
  }
}
