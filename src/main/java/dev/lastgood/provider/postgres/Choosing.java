package dev.lastgood.provider.postgres;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.PlatformUnreachable;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The ways to one release, one for each source it can be brought up from, best first. Each source
/// is looked at before it is needed; one that would not do is named, with the reason.
///
/// @param crossing how the replica is gone over to
record Choosing(Sources sources, History history, Ways ways, CrossingPlans crossing, Instant now) {
  /// What the way costs and loses that is the same for all sources.
  record Price(List<String> costs, List<String> losses) {}

  /// @param candidates sources of the release, at least one
  /// @throws PlatformUnreachable if none of them will do
  List<Method> of(
      Session session, Standing live, Release from, List<Source> candidates, Price price)
      throws SQLException, PlatformUnreachable {
    List<Source> fit = new ArrayList<>();
    List<String> unfit = new ArrayList<>();
    for (Source source : candidates) {
      Optional<String> problem =
          source.unusable().isPresent() ? source.unusable() : sources.problem(source, session);
      if (problem.isEmpty()) {
        fit.add(source);
      } else {
        unfit.add("not out of " + source.from() + ": " + problem.get());
      }
    }
    if (fit.isEmpty()) {
      throw new PlatformUnreachable(
          candidates.getFirst().release() + " cannot be brought up, " + String.join("; ", unfit));
    }
    List<Method> methods = new ArrayList<>();
    for (Source source : fit) {
      methods.add(method(session, live, from, source, price, unfit));
    }
    return methods;
  }

  private Method method(
      Session session, Standing live, Release from, Source source, Price price, List<String> unfit)
      throws SQLException, PlatformUnreachable {
    if (source.form() == Source.Form.PROMOTED) {
      return over(session, live, from, source, price, unfit);
    }
    Preflight.Found found = Preflight.of(session, live, source);
    if (!found.missing().isEmpty()) {
      throw new PlatformUnreachable(
          "a rollback of " + live.name() + " needs: " + String.join("; ", found.missing()));
    }
    long bytes = source.bytes() > 0 ? source.bytes() : live.bytes();
    List<String> costs = new ArrayList<>(price.costs());
    costs.add(history.says(source, bytes, now));
    costs.addAll(found.notes());
    List<String> forbidden = Dressing.forbidden(session, live);
    if (!forbidden.isEmpty()) {
      costs.add(Dressing.byHand(forbidden));
    }
    costs.addAll(unfit);
    return ways.restore(from, source, history.expected(source, bytes), costs, price.losses());
  }

  /// It needs nothing of the live server, no room either.
  private Method over(
      Session session, Standing live, Release from, Source source, Price price, List<String> unfit)
      throws SQLException, PlatformUnreachable {
    long bytes = source.bytes() > 0 ? source.bytes() : live.bytes();
    List<String> costs = new ArrayList<>(price.costs());
    costs.add(history.says(source, bytes, now));
    costs.addAll(unfit);
    return crossing.over(
        session, live, from, source, history.expected(source, bytes), costs, price.losses());
  }
}
