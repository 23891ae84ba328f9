package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.salvage.Account;
import dev.lastgood.database.salvage.Departure;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.model.Release;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The account of a release: beside the live database it is restored as a rollback would do it, and
/// the two are compared.
final class Accounts {
  private static final int AT_ONCE = 4;

  private final Server server;
  private final Deeds deeds;

  Accounts(Server server, Deeds deeds) {
    this.server = server;
    this.deeds = deeds;
  }

  /// @param ways how a rollback would get there, best first; the next one is taken when what it is
  ///   brought up from cannot be used
  /// @param departure noted with the snapshot it is; empty: everything is compared
  Account of(
      Release to,
      List<Method> ways,
      Policy policy,
      List<String> queries,
      Optional<Departure> departure)
      throws PlatformUnreachable, InterruptedException {
    List<String> failed = new ArrayList<>();
    for (Method way : ways) {
      Optional<String> not = broughtUp(way);
      if (not.isEmpty()) {
        return of(to, policy, queries, departure);
      }
      failed.add(ways.size() == 1 ? not.get() : way.name() + ": " + not.get());
    }
    throw new PlatformUnreachable(
        to.label()
            + " cannot be brought up beside the live database: "
            + String.join("; ", failed));
  }

  /// @return why not; empty when it stands there
  private Optional<String> broughtUp(Method way) {
    for (Leg leg : way.legs()) {
      if (leg instanceof Act act && List.of(Ways.RESTORE, Ways.VERIFY).contains(act.verb())) {
        switch (deeds.act(act)) {
          case Outcome.Done _ -> {}
          case Outcome.Refused(String reason) -> {
            return Optional.of(reason);
          }
          case Outcome.Unknown(String reason) -> {
            return Optional.of(reason);
          }
        }
      }
    }
    return Optional.empty();
  }

  private Account of(Release to, Policy policy, List<String> queries, Optional<Departure> departure)
      throws PlatformUnreachable, InterruptedException {
    Standing beside = beside(to);
    if (!beside.open()) {
      throw new PlatformUnreachable(
          beside.name()
              + " is closed to connections; to read it: alter database "
              + Quoted.name(beside.name())
              + " allow_connections true");
    }
    boolean restored = beside.marker().filter(Marker::underWay).isPresent();
    try {
      return Account.of(
          url(beside.name()),
          url(server.url().database()),
          policy,
          AT_ONCE,
          queries,
          departure.filter(_ -> restored));
    } catch (DatabaseTrouble e) {
      throw new PlatformUnreachable(String.valueOf(e.getMessage()), e);
    }
  }

  private Standing beside(Release to) throws PlatformUnreachable {
    try (Session session = server.maintenance()) {
      Scene scene = Scene.look(session, server.url().database());
      Optional<Standing> found =
          scene
              .beside(to.id())
              .or(() -> scene.kept().stream().filter(k -> k.release().equals(to.id())).findFirst());
      return found.orElseThrow(
          () -> new PlatformUnreachable(to.label() + " stands nowhere beside the live database"));
    } catch (SQLException e) {
      throw server.gone(e);
    }
  }

  private DatabaseUrl url(String database) throws PlatformUnreachable {
    String url = server.url().whole(database);
    return new DatabaseUrl(new Secret(database, () -> url));
  }
}
