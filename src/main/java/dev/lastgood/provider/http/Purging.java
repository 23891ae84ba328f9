package dev.lastgood.provider.http;

import dev.lastgood.provider.Act;
import dev.lastgood.provider.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What every CDN's purge does: its requests, one after the other, each asked again while its
/// trouble looks transient, like a read, since a second purge does no harm.
///
/// @param requests in order; not empty
/// @param no why an answer of success is none; empty: it is one
public record Purging(Api api, List<Ask> requests, Function<Reply.Answered, Optional<Outcome>> no) {
  public Purging {
    requests = List.copyOf(requests);
  }

  /// @param planned the act of the plan
  /// @param now the act as it is configured now
  /// @param what was purged, for people
  public Outcome all(Act planned, Act now, String what) {
    if (!planned.with().equals(now.with())) {
      return new Outcome.Refused(
          now.component()
              + ": the plan purges something else than is configured now; nothing was purged, plan"
              + " again");
    }
    for (int n = 0; n < requests.size(); n++) {
      Optional<Outcome> trouble = asked(requests.get(n));
      if (trouble.isPresent()) {
        return n == 0
            ? trouble.get()
            : new Outcome.Unknown(
                n
                    + " of "
                    + requests.size()
                    + " requests were answered, then: "
                    + words(trouble.get()));
      }
    }
    return new Outcome.Done(
        "purged "
            + what
            + ": "
            + requests.size()
            + " of "
            + requests.size()
            + (requests.size() == 1 ? " request" : " requests")
            + " answered with success");
  }

  private Optional<Outcome> asked(Ask ask) {
    Reply reply = api.read(ask);
    return reply instanceof Reply.Answered answer && answer.ok()
        ? no.apply(answer)
        : Optional.of(Api.failure(reply));
  }

  private static String words(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done done -> done.receipt();
      case Outcome.Refused refused -> refused.reason();
      case Outcome.Unknown unknown -> unknown.reason();
    };
  }
}
