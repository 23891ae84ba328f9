package dev.lastgood.provider.release;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Fingerprints;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Retention;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Proxy;
import dev.lastgood.provider.local.Supervisor;
import java.lang.ScopedValue.CallableOp;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Releases in folders, a link to the live one, and what runs out of it. Keeps nothing in memory:
/// every answer is read from the machine when it is asked for.
final class ReleaseDirectory implements Platform, Capturable, Fingerprints, Retention {
  private final Layout layout;
  private final ReleaseDirectorySettings settings;
  private final Optional<Supervisor> service;
  private final Optional<Proxy> proxy;
  private final LinkSwitch link;
  private final Adoption adoption;
  private final Optional<Instances> instances;

  ReleaseDirectory(
      Layout layout,
      ReleaseDirectorySettings settings,
      Optional<Supervisor> service,
      Optional<Proxy> proxy,
      Duration drain) {
    this.layout = layout;
    this.settings = settings;
    this.service = service;
    this.proxy = proxy;
    this.link = new LinkSwitch(layout);
    this.adoption = new Adoption(layout, Exchange.on(layout.base()));
    this.instances = service.map(s -> new Instances(layout, s, proxy, drain));
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    return surveyed(() -> scene().inventory());
  }

  private <T> T surveyed(CallableOp<T, PlatformUnreachable> look) throws PlatformUnreachable {
    return layout.survey(Listing.read(settings.versionFile()), look);
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    return surveyed(() -> ways(from, to));
  }

  private List<Method> ways(Release from, Release to) throws PlatformUnreachable {
    Scene scene = scene();
    Optional<Release> known =
        scene.listing().entries().stream()
            .map(Listing.Entry::release)
            .filter(r -> r.id().equals(to.id()))
            .findFirst();
    if (known.isEmpty()) {
      throw unknown(scene.listing(), to.id());
    }
    try {
      return new Ways(scene, link, adoption, instances).between(from, to);
    } catch (IllegalArgumentException e) {
      throw new PlatformUnreachable(String.valueOf(e.getMessage()), e);
    }
  }

  private Scene scene() throws PlatformUnreachable {
    Layout.Current current = layout.look();
    return Scene.of(
        layout, current, Listing.of(layout, current, settings.versionFile()), service, proxy);
  }

  private PlatformUnreachable unknown(Listing listing, String id) {
    String why =
        listing.excluded().stream()
            .filter(e -> e.id().equals(id))
            .map(e -> " is " + e.reason())
            .findFirst()
            .orElse(" is not there");
    String known =
        listing.entries().stream()
            .map(e -> e.release().id())
            .limit(20)
            .collect(Collectors.joining(", "));
    return new PlatformUnreachable(
        layout.component()
            + ": release "
            + id
            + " in "
            + layout.releases()
            + why
            + ". Releases there: "
            + (known.isEmpty() ? "none" : known));
  }

  @Override
  public Sight look(Act act) {
    try {
      return switch (act.verb()) {
        case LinkSwitch.VERB -> link.look(act);
        case Adoption.VERB -> adoption.look(act);
        default ->
            instances
                .filter(i -> fits(act, i))
                .map(i -> i.look(act))
                .orElseGet(() -> new Sight.Unclear(notConfigured(act)));
      };
    } catch (IllegalArgumentException | IllegalStateException e) {
      return new Sight.Unclear(senseless(act, e));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    try {
      return switch (act.verb()) {
        case LinkSwitch.VERB -> link.act(act);
        case Adoption.VERB -> adoption.act(act);
        default ->
            instances
                .filter(i -> fits(act, i))
                .map(i -> i.act(act, key))
                .orElseGet(() -> new Outcome.Refused(notConfigured(act)));
      };
    } catch (IllegalArgumentException | IllegalStateException e) {
      return new Outcome.Refused(senseless(act, e));
    }
  }

  /// A stored plan is read again later, and may be of another version or hand.
  private static String senseless(Act act, RuntimeException e) {
    return act.component()
        + ": the plan's \""
        + act.verb()
        + "\" makes no sense here: "
        + e.getMessage();
  }

  /// Not an act of a plan that was made when the configuration had a proxy, and now it has none.
  private static boolean fits(Act act, Instances instances) {
    if (!Instances.VERBS.contains(act.verb())) {
      return false;
    }
    boolean needsProxy =
        act.verb().equals(Instances.ROUTE)
            || act.with().getOrDefault("traffic", "").equals("elsewhere");
    return instances.proxy().isPresent() || !needsProxy;
  }

  private String notConfigured(Act act) {
    return layout.component()
        + ": the configuration has nothing that can do \""
        + act.verb()
        + "\"; was the plan made with another one?";
  }

  @Override
  public List<Exhibit> capture(Release release) {
    return new Exhibits(layout, settings.logs(), service).of(release);
  }

  @Override
  public String fingerprint(Release release) throws PlatformUnreachable {
    return Fingerprint.of(layout, release.id());
  }

  @Override
  public List<String> prune(Set<String> keep) throws PlatformUnreachable {
    if (settings.keep().isEmpty()) {
      return List.of();
    }
    Scene scene = surveyed(this::scene);
    Set<String> stay = new HashSet<>(keep);
    scene.inventory().live().map(Release::id).ifPresent(stay::add);
    scene.running().forEach(r -> stay.add(r.release()));
    if (scene.current() instanceof Layout.Current.Live live) {
      stay.add(live.id());
    }
    return new Pruning(layout).beyond(settings.keep().get(), scene.listing(), stay);
  }
}
