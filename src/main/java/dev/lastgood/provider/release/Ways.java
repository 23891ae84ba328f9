package dev.lastgood.provider.release;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Proof;
import dev.lastgood.provider.local.Sockets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// The ways from one release to another, from what was seen. The way back is asked for before the
/// way there is gone, so ports follow from a rule that gives the same pair in both directions: each
/// release has the port it runs on now, and one that does not run gets the first that is left.
final class Ways {
  private static final Duration USUAL = Duration.ofSeconds(30);

  private final Scene scene;
  private final Layout layout;
  private final LinkSwitch link;
  private final Adoption adoption;
  private final Optional<Instances> instances;

  Ways(Scene scene, LinkSwitch link, Adoption adoption, Optional<Instances> instances) {
    this.scene = scene;
    this.layout = scene.layout();
    this.link = link;
    this.adoption = adoption;
    this.instances = instances;
  }

  List<Method> between(Release from, Release to) throws PlatformUnreachable {
    if (unusable()) {
      return List.of();
    }
    List<Method> ways = new ArrayList<>();
    if (instances.isEmpty()) {
      ways.add(filesAlone(from, to));
    } else if (instances.get().proxy().isEmpty()) {
      notTaken(servingPort(from, to));
      ways.add(inPlace(instances.get(), from, to));
    } else {
      if (scene.ports().size() > 1 && !from.is(to)) {
        ways.add(sideBySide(instances.get(), from, to));
      }
      ways.add(inPlace(instances.get(), from, to));
    }
    return ways;
  }

  /// Seen before anything is changed. Nothing of ours runs there, so it is not the one to be
  /// replaced; beside a proxy there may be another way.
  private void notTaken(int port) throws PlatformUnreachable {
    if (port != 0
        && scene.running().stream().noneMatch(r -> r.port() == port)
        && Sockets.listening(port)) {
      throw new PlatformUnreachable(
          "port "
              + port
              + " is taken by "
              + Sockets.holder(port)
              + ", which Lastgood did not start. Stop it, then plan again");
    }
  }

  private boolean unusable() {
    return scene.current() instanceof Layout.Current.Folder folder && !folder.adopt();
  }

  private Method filesAlone(Release from, Release to) throws PlatformUnreachable {
    List<Leg> legs = begun();
    legs.add(link.to(from, scene.current(), to));
    legs.add(provenInPublic(to));
    return new Method("switch", "point the link at " + to.id(), legs, List.of());
  }

  private Method sideBySide(Instances instances, Release from, Release to)
      throws PlatformUnreachable {
    int old = oldPort(from, to);
    int fresh = freshPort(to, old);
    List<Leg> legs = begun();
    legs.add(instances.start(to.id(), fresh, Duration.ZERO));
    legs.add(proven(to, fresh));
    legs.add(instances.route(to.id(), fresh));
    legs.add(provenInPublic(to));
    legs.add(link.to(to));
    legs.add(instances.retire(from.id(), old));
    return new Method(
        "side-by-side",
        "start "
            + to.id()
            + " beside "
            + from.id()
            + ", prove it, move the traffic, stop "
            + from.id(),
        legs,
        List.of());
  }

  private Method inPlace(Instances instances, Release from, Release to) throws PlatformUnreachable {
    int port = servingPort(from, to);
    List<Leg> legs = begun();
    legs.add(link.to(from, scene.current(), to));
    if (!from.is(to)) {
      legs.add(instances.stopInPlace(from.id(), port, to.id()));
    }
    legs.add(instances.start(to.id(), port, Duration.ofSeconds(2)));
    if (instances.proxy().isPresent()) {
      legs.add(proven(to, port));
      legs.add(instances.route(to.id(), port));
    }
    legs.add(provenInPublic(to));
    if (instances.proxy().isPresent()) {
      for (int other : scene.ports()) {
        if (other != port) {
          // What an attempt side by side may have left.
          legs.add(instances.retire(to.id(), other));
        }
      }
    }
    return new Method(
        "in-place",
        "point the link at " + to.id() + " and restart",
        legs,
        List.of("requests are refused while it restarts"));
  }

  /// Before everything else a folder in the place of the link becomes a release.
  private List<Leg> begun() {
    List<Leg> legs = new ArrayList<>();
    if (scene.current() instanceof Layout.Current.Folder folder) {
      legs.add(adoption.of(folder.id()));
    }
    return legs;
  }

  private int oldPort(Release from, Release to) {
    OptionalInt other = scene.portOf(to.id());
    return scene
        .portOf(from.id())
        .orElseGet(() ->
            other.isPresent()
                ? left(other.getAsInt())
                : scene.traffic().stream()
                    .filter(scene.ports()::contains)
                    .findFirst()
                    .orElse(scene.ports().getFirst()));
  }

  private int freshPort(Release to, int old) {
    return scene.portOf(to.id()).stream()
        .filter(p -> p != old)
        .findFirst()
        .orElseGet(() -> left(old));
  }

  /// The first port that is not taken, else the first other one: its start will be refused, with
  /// the reason.
  private int left(int taken) {
    return scene.ports().stream()
        .filter(p -> p != taken && scene.running().stream().noneMatch(r -> r.port() == p))
        .findFirst()
        .orElseGet(() -> scene.ports().stream().filter(p -> p != taken).findFirst().orElse(taken));
  }

  /// Where the traffic goes now, and shall go on going.
  private int servingPort(Release from, Release to) {
    if (scene.ports().isEmpty()) {
      return 0;
    }
    return scene.traffic().stream()
        .filter(scene.ports()::contains)
        .findFirst()
        .orElseGet(() ->
            scene
                .portOf(from.id())
                .orElseGet(() -> scene.portOf(to.id()).orElse(scene.ports().getFirst())));
  }

  private Proof proven(Release release, int port) {
    return new Proof(
        layout.component(),
        "prove " + release.id() + " on port " + port,
        Optional.of("http://" + Instances.address(port)),
        release.expectedVersion(),
        patience());
  }

  private Proof provenInPublic(Release release) {
    return new Proof(
        layout.component(),
        "prove that " + release.id() + " answers in public",
        Optional.empty(),
        release.expectedVersion(),
        patience());
  }

  /// How long the checks may take to pass: as long as the port may take to open.
  private Duration patience() {
    return instances.map(i -> i.service().startWithin()).orElse(USUAL);
  }
}
