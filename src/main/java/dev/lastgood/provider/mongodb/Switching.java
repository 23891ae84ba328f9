package dev.lastgood.provider.mongodb;

import com.mongodb.MongoException;
import dev.lastgood.provider.Outcome;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Exchanges the live collections for others, one after the other.
///
/// MongoDB renames one collection at a time, and no two in one step. So what shall be done is
/// written down in the database first; each rename is found again by looking; and whoever comes
/// after a crash goes on from there. Between the two renames of one collection its name is free for
/// moments: what an application makes anew under it in that moment is set aside as well, and its
/// documents are carried over afterwards. No rename drops anything.
final class Switching {
  /// Applications that make a collection anew again and again must stop at some time.
  private static final int ANEW = 50;

  private final InstantSource clock;

  Switching(InstantSource clock) {
    this.clock = clock;
  }

  /// @param target what becomes live
  Outcome exchange(Session session, Scene scene, Scene.Group target, String release) {
    Scene.Exchange exchange =
        new Scene.Exchange(
            scene.live(),
            release,
            target.prefix(),
            Names.kept(Names.free(clock.instant(), scene.all().keySet())),
            target.names(),
            List.copyOf(scene.names()));
    List<String> tooLong =
        exchange.left().stream()
            .filter(n -> !Names.fits(scene.database(), exchange.keep() + n))
            .toList();
    if (!tooLong.isEmpty()) {
      return new Outcome.Refused(
          "nothing was exchanged: a name would be longer than MongoDB allows, that of "
              + String.join(", ", tooLong));
    }
    List<String> lost =
        target.names().stream().filter(n -> !scene.all().containsKey(target.prefix() + n)).toList();
    if (!lost.isEmpty()) {
      return new Outcome.Refused(
          "nothing was exchanged: "
              + release
              + " is not whole any more, it lacks "
              + String.join(", ", lost));
    }
    new State(session).put(exchange);
    return finish(session, exchange);
  }

  /// Goes on with an exchange from wherever it is.
  Outcome finish(Session session, Scene.Exchange exchange) {
    Renames renames = new Renames(session, exchange);
    try {
      for (String name : exchange.everything()) {
        renames.exchange(name);
      }
    } catch (MongoException e) {
      return new Outcome.Unknown(
          "the exchange for "
              + exchange.to()
              + " is halfway: "
              + Session.why(e)
              + ". Every collection is there, under its name or under "
              + exchange.keep()
              + "… and "
              + exchange.take()
              + "…; it goes on from there");
    }
    String said =
        exchange.names().size()
            + " collections; what was live is kept under "
            + exchange.keep()
            + "…; each name was free for at most "
            + renames.longest / 1_000_000
            + " ms"
            + (renames.anew.isEmpty()
                ? ""
                : "; made anew meanwhile and set aside: " + String.join(", ", renames.anew));
    var state = new State(session);
    state.put(
        new Scene.Group(
            exchange.keep(),
            exchange.keep(),
            exchange.from(),
            Scene.Stage.KEPT,
            exchange.left(),
            exchange.take(),
            said));
    state.live(exchange.to());
    state.forget(exchange.take());
    state.remove(exchange);
    return new Outcome.Done(exchange.to() + " is live, " + said);
  }

  private static final class Renames {
    private final Session session;
    private final Scene.Exchange exchange;
    private final Set<String> there;
    private final List<String> anew = new ArrayList<>();
    private long longest;

    Renames(Session session, Scene.Exchange exchange) {
      this.session = session;
      this.exchange = exchange;
      this.there = new HashSet<>(session.collections().keySet());
    }

    void exchange(String name) {
      String taken = exchange.take() + name;
      if (there.contains(taken)) {
        long began = System.nanoTime();
        makeRoom(name);
        for (int n = 0; !session.rename(taken, name); n++) {
          if (n == ANEW) {
            throw new MongoException(name + " is made anew again and again; stop who does it");
          }
          setAside(name);
        }
        longest = Math.max(longest, System.nanoTime() - began);
      } else if (!exchange.names().contains(name)) {
        makeRoom(name);
      }
    }

    /// Once the live one is kept, what bears its name was made anew.
    private void makeRoom(String name) {
      if (!there.contains(name)) {
        return;
      }
      boolean kept = there.contains(exchange.keep() + name);
      if (kept && exchange.names().contains(name)) {
        setAside(name);
      } else if (!kept && !session.rename(name, exchange.keep() + name)) {
        throw new MongoException(exchange.keep() + name + " exists");
      }
    }

    private void setAside(String name) {
      for (int n = 1; n <= ANEW; n++) {
        String free = Names.late(exchange.keep(), n) + name;
        if (session.rename(name, free)) {
          anew.add(free);
          return;
        }
      }
      throw new MongoException("too many of " + name + " were set aside");
    }
  }
}
