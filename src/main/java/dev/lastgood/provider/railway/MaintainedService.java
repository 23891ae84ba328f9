package dev.lastgood.provider.railway;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Maintaining;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.time.Duration;
import java.time.InstantSource;

/// A service that keeps users away while a variable is set.
final class MaintainedService extends RailwayPlatform implements Maintaining {
  private final ByVariable variable;

  MaintainedService(
      String component,
      RailwayApi railway,
      Started started,
      boolean hold,
      Duration settle,
      InstantSource clock,
      RailwaySettings.MaintenanceVariable settings) {
    super(component, railway, started, hold, settle, clock);
    this.variable =
        new ByVariable(
            component,
            railway,
            started,
            new Deploying(component, railway, started, settle, clock),
            settings);
  }

  @Override
  public Maintenance maintenance() throws PlatformUnreachable {
    return variable.maintenance();
  }

  /// A rollback of the service brings back the variables of then, and another deploy of it would be
  /// in its way.
  @Override
  public boolean lastsWhileItMoves() {
    return false;
  }

  @Override
  public Sight look(Act act) {
    if (!ours(act)) {
      return super.look(act);
    }
    try {
      return variable.look(act);
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    if (!ours(act)) {
      return super.act(act, key);
    }
    try {
      return variable.act(act);
    } catch (PlatformUnreachable e) {
      // Only what comes before the first change throws.
      return new Outcome.Refused(e.getMessage() + "; nothing was changed");
    }
  }

  private static boolean ours(Act act) {
    return act.verb().equals(BEGIN) || act.verb().equals(END);
  }
}
