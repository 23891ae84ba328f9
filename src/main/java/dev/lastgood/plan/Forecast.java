package dev.lastgood.plan;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the run will take and cost, said before anybody approves.
///
/// @param expected along the critical path, the watch not included
/// @param downtime how long users are without something, summed over steps that cut service
/// @param within the clock it must meet (response time or RTO); empty when no policy gives one
/// @param losses data that will be gone, in words and counted; empty when none
/// @param costs everything else it costs, in words
/// @param basis where the times come from: "median of 4 runs" or "the platform's defaults"
public record Forecast(
    Duration expected,
    Duration downtime,
    Optional<Duration> within,
    List<String> losses,
    List<String> costs,
    String basis) {
  public Forecast {
    losses = List.copyOf(losses);
    costs = List.copyOf(costs);
  }

  public boolean late() {
    return within.isPresent() && expected.compareTo(within.get()) > 0;
  }
}
