package dev.lastgood.provider;

import dev.lastgood.model.Text;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// One thing a platform does to bring a component nearer to its target, as data: stored in the
/// plan, shown to people, journalled before it is done, and looked at afterwards. It states a goal,
/// so that [Platform#look] can tell whether the goal holds without knowing who acted.
///
/// @param verb the adapter's own word, e.g. `switch-link`; versioned by name, its meaning never
///   changes
/// @param with everything the adapter needs to do or observe it; explicit ids, never "previous", no
///   secrets
/// @param says one line for people: "point current at releases/v41"
/// @param byHand the command a person would type if Lastgood were down
/// @param expected usual time until the goal holds
/// @param deadline after this the goal is given up as unknown
/// @param downtime how long users are without the component while this goes on; zero for most
public record Act(
    String component,
    String verb,
    SortedMap<String, String> with,
    String says,
    String byHand,
    Duration expected,
    Duration deadline,
    Duration downtime)
    implements Leg {
  public Act {
    Text.require(component, "component");
    Text.require(verb, "verb");
    with = Collections.unmodifiableSortedMap(new TreeMap<>(with));
  }

  /// @throws IllegalStateException if the plan does not carry it: a plan of an unknown adapter
  ///   version
  public String get(String key) {
    String value = with.get(key);
    if (value == null) {
      throw new IllegalStateException(component + ": act " + verb + " carries no " + key);
    }
    return value;
  }

  /// What an adapter answers that does not know the verb.
  ///
  /// @param platform its word in the YAML
  public String unknownTo(String platform) {
    return component
        + ": "
        + platform
        + " knows no `"
        + verb
        + "`; was the plan made by another version?";
  }
}
