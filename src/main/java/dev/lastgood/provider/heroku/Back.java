package dev.lastgood.provider.heroku;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.http.Api;
import dev.lastgood.provider.http.Reply;
import java.util.List;
import java.util.Optional;

/// Asks for a rollback and follows the release that comes of it.
final class Back {
  private final String component;
  private final HerokuApi heroku;

  Back(String component, HerokuApi heroku) {
    this.component = component;
    this.heroku = heroku;
  }

  private static int number(Act act, String key) {
    try {
      return Integer.parseInt(act.get(key));
    } catch (NumberFormatException e) {
      throw new IllegalStateException("the plan's `" + key + "` is no number", e);
    }
  }

  // ---- looking

  Sight look(Act act) throws PlatformUnreachable {
    Rels rels = heroku.releases();
    int version = number(act, "version");
    Optional<Rel> ours = rels.copy(version, number(act, "after"));
    String seen = seen(rels);
    if (ours.isEmpty()) {
      return serves(rels, version) ? dynos(rels, seen) : new Sight.NotYet(seen);
    }
    Rel it = ours.get();
    if (it.pending()) {
      return new Sight.UnderWay(it.words() + " is in its release phase; " + seen);
    }
    if (!it.succeeded()) {
      return serves(rels, version)
          ? dynos(rels, seen)
          : new Sight.Failed(
              it.words()
                  + ": see `heroku releases:output "
                  + it.v()
                  + " --app "
                  + heroku.app()
                  + "`; "
                  + seen);
    }
    return serves(rels, version) ? dynos(rels, seen) : new Sight.NotYet(seen);
  }

  private static String seen(Rels rels) {
    return rels.current()
        .map(
            c -> c.v() + " runs" + (c.copyOf().isPresent() ? ", a copy of v" + rels.origin(c) : ""))
        .orElse("no release runs");
  }

  private static boolean serves(Rels rels, int version) {
    return rels.current().filter(c -> rels.origin(c) == version).isPresent();
  }

  /// The release is current; do its dynos live?
  private Sight dynos(Rels rels, String seen) throws PlatformUnreachable {
    int current = rels.current().orElseThrow().version();
    var all = heroku.dynos();
    List<String> states = all.getOrDefault(current, List.of());
    String both = seen + ", dynos: " + (states.isEmpty() ? "none" : String.join(", ", states));
    if (states.contains("crashed")) {
      return new Sight.Failed(both);
    }
    boolean others = all.keySet().stream().anyMatch(v -> v != current);
    boolean coming = states.stream().anyMatch(s -> !s.equals("up") && !s.equals("idle")) || others;
    return coming ? new Sight.UnderWay(both) : new Sight.Holds(both);
  }

  // ---- acting

  Outcome act(Act act) throws PlatformUnreachable {
    Rels rels = heroku.releases();
    Optional<Outcome> settled = settled(act, rels);
    if (settled.isPresent()) {
      return settled.get();
    }
    String to = act.get("to");
    Optional<Rel> target = heroku.release(to);
    if (target.isEmpty()) {
      return new Outcome.Refused(
          component
              + ": Heroku has no release "
              + to
              + " (v"
              + act.get("version")
              + ") any more; plan again with another target");
    }
    Optional<String> unfit = target.get().unfit();
    if (unfit.isPresent()) {
      return new Outcome.Refused(component + ": " + unfit.get());
    }
    Reply reply = heroku.rollback(to);
    if (!(reply instanceof Reply.Answered answer)) {
      return Api.failure(reply);
    }
    if (answer.ok()) {
      return new Outcome.Done(
          answer
              .body()
              .map(b -> "release v" + b.path("version").asInt(0))
              .orElse("accepted (" + answer.status() + ")"));
    }
    boolean second =
        answer.body().filter(b -> b.path("id").asString("").equals("two_factor")).isPresent();
    return second
        ? new Outcome.Refused(
            answer.says()
                + ". It asks for a second factor: use the token of an authorization"
                + " (`heroku authorizations:create`)")
        : Api.failure(answer);
  }

  /// What needs no request. A second rollback to the same release would restart everything again.
  private Optional<Outcome> settled(Act act, Rels rels) {
    int version = number(act, "version");
    Optional<Rel> ours = rels.copy(version, number(act, "after"));
    if (ours.filter(Rel::pending).isPresent()) {
      return Optional.of(new Outcome.Done("asked for already: " + ours.get().words()));
    }
    if (serves(rels, version)) {
      return Optional.of(new Outcome.Done("v" + version + " runs already"));
    }
    Optional<Rel> other = rels.newest().stream().filter(Rel::pending).findFirst();
    if (other.isPresent()) {
      return Optional.of(
          new Outcome.Refused(
              component
                  + ": somebody else releases right now: "
                  + other.get().words()
                  + "; wait until it is over, then plan again"));
    }
    return rels.current()
        .filter(c -> !c.id().equals(act.get("from")))
        .filter(
            c -> rels.version(rels.origin(c)).filter(o -> o.id().equals(act.get("from"))).isEmpty())
        .map(c ->
            new Outcome.Refused(
                component
                    + ": "
                    + c.v()
                    + " runs, which was released after the plan was made; plan again"));
  }
}
