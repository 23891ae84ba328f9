package dev.lastgood.provider.release;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Outcome.Refused;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.Address;
import dev.lastgood.provider.local.Proxy;
import dev.lastgood.provider.local.Sockets;
import dev.lastgood.provider.local.Supervisor;
import dev.lastgood.provider.local.Supervisor.Wanted;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/// `start`, `stop` and `route`: the processes of releases and the traffic between them. Each names
/// its release and its port; none ever means "the other one".
///
/// @param drain how long connections to an instance may take to end before it is stopped
record Instances(Layout layout, Supervisor service, Optional<Proxy> proxy, Duration drain) {
  static final String START = "start";
  static final String STOP = "stop";
  static final String ROUTE = "route";
  static final Set<String> VERBS = Set.of(START, STOP, ROUTE);

  private static final Duration SLACK = Duration.ofSeconds(5);

  /// @param downtime while nothing serves in its stead
  Act start(String id, int port, Duration downtime) throws PlatformUnreachable {
    Wanted wanted = new Wanted(id, layout.folder(id), port);
    TreeMap<String, String> with = with(wanted);
    with.put("folder", layout.identity(layout.home(id)).orElse("gone"));
    return new Act(
        layout.component(),
        START,
        with,
        "start " + id + on(port),
        service.startByHand(wanted),
        Duration.ofSeconds(2),
        service.startWithin().plus(SLACK),
        downtime);
  }

  /// Stops an instance that no traffic goes to any more.
  Act retire(String id, int port) {
    return stop(
        id,
        port,
        Map.of("drain-millis", Long.toString(drain.toMillis()), "traffic", "elsewhere"),
        "let " + id + on(port) + " finish and stop it",
        Duration.ZERO);
  }

  /// Stops the instance that serves, to start another in its place: nothing serves in between.
  ///
  /// @param successor which release `current` must point at before that
  Act stopInPlace(String id, int port, String successor) {
    return stop(
        id,
        port,
        Map.of("drain-millis", "0", "traffic", "here", "successor", successor),
        "stop " + id + on(port),
        Duration.ofSeconds(1));
  }

  private Act stop(String id, int port, Map<String, String> more, String says, Duration downtime) {
    Wanted unwanted = new Wanted(id, layout.folder(id), port);
    TreeMap<String, String> with = with(unwanted);
    with.putAll(more);
    Duration wait = Duration.ofMillis(Long.parseLong(with.getOrDefault("drain-millis", "0")));
    return new Act(
        layout.component(),
        STOP,
        with,
        says,
        service.stopByHand(unwanted),
        Duration.ofSeconds(1),
        wait.plus(service.stopWithin()).plus(SLACK),
        downtime);
  }

  Act route(String id, int port) {
    String address = address(port);
    return new Act(
        layout.component(),
        ROUTE,
        new TreeMap<>(Map.of("release", id, "port", Integer.toString(port), "address", address)),
        "lead the traffic to " + id + on(port),
        proxy.orElseThrow().byHand(address),
        Duration.ofMillis(200),
        Duration.ofSeconds(20),
        Duration.ZERO);
  }

  static String address(int port) {
    return "127.0.0.1:" + port;
  }

  Sight look(Act act) {
    return switch (act.verb()) {
      case START -> service.started(wanted(act));
      case STOP -> service.stopped(wanted(act));
      case ROUTE -> routed(act);
      default -> throw new IllegalArgumentException(act.verb());
    };
  }

  Outcome act(Act act, String key) {
    return switch (act.verb()) {
      case START ->
          Target.objection(layout, act)
              .<Outcome>map(no -> new Refused(no + "; nothing was started"))
              .orElseGet(() -> service.start(wanted(act), key));
      case STOP -> stop(act);
      case ROUTE -> route(act);
      default -> throw new IllegalArgumentException(act.verb());
    };
  }

  private Outcome stop(Act act) {
    if (service.stopped(wanted(act)) instanceof Sight.Holds(String seen)) {
      return new Outcome.Done(seen);
    }
    Optional<String> last =
        act.get("traffic").equals("here") ? noSuccessor(act) : trafficHere(wanted(act).port());
    return last.<Outcome>map(why ->
            new Refused(
                layout.component() + ": " + act.get("release") + " was not stopped: " + why))
        .orElseGet(() ->
            service.stop(wanted(act), Duration.ofMillis(Long.parseLong(act.get("drain-millis")))));
  }

  /// Stopping in place needs something to start afterwards.
  private Optional<String> noSuccessor(Act act) {
    try {
      Layout.Current current = layout.look();
      return current instanceof Layout.Current.Live live && live.id().equals(act.get("successor"))
          ? Optional.empty()
          : Optional.of(
              layout.current()
                  + " "
                  + current.says()
                  + ", not to "
                  + act.get("successor")
                  + ", which is to take its place");
    } catch (PlatformUnreachable e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// Why traffic may still go to a port, or nowhere else: then what listens there is the last copy.
  private Optional<String> trafficHere(int port) {
    try {
      Optional<String> target = proxy.orElseThrow().target();
      OptionalInt traffic = target.map(Instances::port).orElse(OptionalInt.empty());
      if (traffic.isEmpty()) {
        return Optional.of("the proxy does not say where the traffic goes");
      }
      if (traffic.getAsInt() == port) {
        return Optional.of("the traffic still goes to " + target.get());
      }
      return Sockets.listening(traffic.getAsInt())
          ? Optional.empty()
          : Optional.of("the traffic goes to " + target.get() + ", where nothing listens");
    } catch (PlatformUnreachable e) {
      return Optional.of("where the traffic goes is not known: " + e.getMessage());
    }
  }

  private Sight routed(Act act) {
    try {
      Optional<String> target = proxy.orElseThrow().target();
      return target.isPresent() && same(target.get(), act.get("address"))
          ? new Sight.Holds("the traffic goes to " + target.get())
          : new Sight.NotYet("the traffic goes to " + target.orElse("nowhere the proxy names"));
    } catch (PlatformUnreachable e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
  }

  private Outcome route(Act act) {
    if (!Sockets.listening(wanted(act).port())) {
      return new Refused(
          layout.component()
              + ": nothing listens at "
              + act.get("address")
              + ", so no traffic is led there; "
              + act.get("release")
              + " must be started first");
    }
    return routed(act) instanceof Sight.Holds(String seen)
        ? new Outcome.Done(seen + " already")
        : proxy.orElseThrow().route(act.get("address"));
  }

  private static boolean same(String one, String other) {
    return Address.parse(one).flatMap(a -> Address.parse(other).map(a::leadsTo)).orElse(false);
  }

  static OptionalInt port(String address) {
    return Address.parse(address).map(a -> OptionalInt.of(a.port())).orElse(OptionalInt.empty());
  }

  private Wanted wanted(Act act) {
    int port = act.with().containsKey("port") ? Integer.parseInt(act.get("port")) : 0;
    return new Wanted(act.get("release"), layout.folder(act.get("release")), port);
  }

  private static TreeMap<String, String> with(Wanted wanted) {
    var with = new TreeMap<String, String>();
    with.put("release", wanted.release());
    with.put("path", wanted.home().toString());
    if (wanted.port() != 0) {
      with.put("port", Integer.toString(wanted.port()));
    }
    return with;
  }

  private static String on(int port) {
    return port == 0 ? "" : " on port " + port;
  }
}
