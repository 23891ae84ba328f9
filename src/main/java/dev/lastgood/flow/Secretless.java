package dev.lastgood.flow;

import dev.lastgood.config.ConfigException;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.plan.Change;
import dev.lastgood.plan.Plan;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Looks up the secrets of a plan before its first act: found missing half-way, the broken release
/// would be stopped already and the good one could not be started.
final class Secretless {
  private Secretless() {}

  /// @param sofar what is certain about the system: "Nothing was changed"
  /// @throws Refusal when a secret that the plan cannot do without is not there
  static void refuse(SystemConfig config, Plan plan, String sofar) throws Refusal {
    Set<String> components =
        plan.changes().stream().map(Change::component).collect(Collectors.toSet());
    List<ConfigException.Mistake> missing = config.missingSecrets(components);
    if (!missing.isEmpty()) {
      throw new Refusal(
          Refusal.Turn.ENVIRONMENT,
          missing.stream().map(ConfigException.Mistake::shown).collect(Collectors.joining("\n"))
              + "\n"
              + sofar
              + ": "
              + String.join(", ", components)
              + " cannot be started or proven without it. Set it here and try again");
    }
  }
}
