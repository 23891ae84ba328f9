package dev.lastgood.config;

import dev.lastgood.approval.ApprovalPolicy;
import dev.lastgood.decision.Policy;
import dev.lastgood.evidence.Check;
import dev.lastgood.model.Scope;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;

/// Everything `lastgood.yaml` says, checked.
///
/// @param file the file it was read from
/// @param state where state is kept; empty: the default folder of this person and system
/// @param soak how long a constellation must pass its checks to become known good by itself
/// @param components by name
/// @param secrets every secret the file refers to, so that they can be looked up before they are
///   needed
/// @param places where each key stands, by its path, e.g. `components.backend.path`
public record SystemConfig(
    Path file,
    Scope scope,
    Optional<StateAt> state,
    Duration soak,
    SortedMap<String, ComponentConfig<?>> components,
    List<Check> checks,
    Policy decide,
    ApprovalPolicy approvals,
    List<Maintenance> maintenance,
    List<Purged> purge,
    After after,
    List<Teller> tell,
    List<SecretUse> secrets,
    SortedMap<String, Place> places) {
  public SystemConfig {
    components = Collections.unmodifiableSortedMap(new TreeMap<>(components));
    checks = List.copyOf(checks);
    maintenance = List.copyOf(maintenance);
    purge = List.copyOf(purge);
    tell = List.copyOf(tell);
    secrets = List.copyOf(secrets);
    places = Collections.unmodifiableSortedMap(new TreeMap<>(places));
  }

  /// Opens every platform; settings that contradict each other are reported together, each with its
  /// place.
  ///
  /// @param surroundings what to give to the component of that name
  public SortedMap<String, Platform> open(Function<String, Surroundings> surroundings)
      throws ConfigException {
    var open = new TreeMap<String, Platform>();
    var mistakes = new ArrayList<ConfigException.Mistake>();
    components.forEach((name, component) -> {
      try {
        open.put(name, component.open(surroundings.apply(name)));
      } catch (BadSettings bad) {
        mistakes.add(mistake("components." + name, bad.key(), String.valueOf(bad.getMessage())));
      }
    });
    if (!mistakes.isEmpty()) {
      throw new ConfigException(mistakes);
    }
    return open;
  }

  /// Looks up every secret now.
  ///
  /// @return one mistake for each that is not there, with its place and its reference, never its
  ///   value
  public List<ConfigException.Mistake> missingSecrets() {
    return missing(_ -> true);
  }

  /// A mistake at a key, or at the nearest key around it that the file has.
  private ConfigException.Mistake mistake(String around, String key, String message) {
    String path = key.isEmpty() ? around : around + "." + key;
    while (!places.containsKey(path) && path.contains(".")) {
      path = path.substring(0, path.lastIndexOf('.'));
    }
    Place place = places.getOrDefault(path, new Place(file.toString(), 0, 0));
    return place.mistake(message);
  }

  /// The same for what a rollback of these components cannot do without: their own settings, and
  /// the checks that prove it. A teller that cannot be told never stops a rollback.
  public List<ConfigException.Mistake> missingSecrets(Set<String> components) {
    return missing(use ->
        use.path().startsWith("checks.")
            || use.path().startsWith("purge[")
            || components.stream().anyMatch(c -> use.path().startsWith("components." + c + ".")));
  }

  private List<ConfigException.Mistake> missing(Predicate<SecretUse> wanted) {
    var missing = new ArrayList<ConfigException.Mistake>();
    for (SecretUse use : secrets) {
      if (wanted.test(use)) {
        try {
          use.secret().reveal();
        } catch (SecretMissing why) {
          missing.add(use.place().mistake(String.valueOf(why.getMessage())));
        }
      }
    }
    return missing;
  }

  /// A secret and where the file refers to it.
  ///
  /// @param path of its key, e.g. `components.backend.token`
  public record SecretUse(String path, Place place, Secret secret) {}

  /// Users are kept away while things move.
  ///
  /// @param component whose platform does it
  /// @param turned the releases that keep them away and let them in; empty: its platform's own
  ///   maintenance mode
  /// @param moves components whose move needs it; empty: any
  /// @param untilProven until the checks have passed, else until everything has moved
  public record Maintenance(
      String component, Optional<Turned> turned, Set<String> moves, boolean untilProven) {
    public Maintenance {
      moves = Set.copyOf(moves);
    }

    /// @param on release that keeps users away
    /// @param off release that lets them in
    public record Turned(String on, String off) {}
  }

  /// What somebody else keeps of a component and is thrown away once that has moved.
  public record Purged(String component, Keeper keeper) {}

  /// Who keeps it.
  public sealed interface Keeper {
    /// @param what `files`, `tags`, `hosts`, `prefixes` and their items; empty: everything of the
    ///   zone
    record Cloudflare(
        String zone, SortedMap<String, List<String>> what, Secret token, Optional<String> baseUrl)
        implements Keeper {
      public Cloudflare {
        what = Collections.unmodifiableSortedMap(new TreeMap<>(what));
      }
    }

    /// @param tags empty: everything of the project
    /// @param stale they are only marked
    record Vercel(
        String project,
        Optional<String> team,
        List<String> tags,
        boolean stale,
        Secret token,
        Optional<String> baseUrl)
        implements Keeper {
      public Vercel {
        tags = List.copyOf(tags);
      }
    }
  }

  /// What happens when the rollback is proven.
  ///
  /// @param hold how long the bad release stays held
  /// @param watch how long to go on looking; zero: not at all
  /// @param every how often while watching
  /// @param passes how often in a row the checks must be healthy for the rollback to be proven
  /// @param patience how long the checks may take to become healthy after the last switch
  public record After(
      Duration hold, Duration watch, Duration every, int passes, Duration patience) {}

  /// State on another place than the default.
  public sealed interface StateAt {
    record Folder(Path folder) implements StateAt {}

    /// @param url JDBC URL of a PostgreSQL database
    record Database(Secret url) implements StateAt {}
  }

  /// Somebody who is told: a command that gets the message on its standard input.
  ///
  /// @param audience `team`, `customers`, or another word of the configuration
  public record Teller(String name, String audience, List<String> command, Duration timeout) {
    public Teller {
      command = List.copyOf(command);
    }
  }
}
