package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.InProcess.Said;
import dev.lastgood.provider.local.Customer;
import dev.lastgood.provider.local.Until;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A component behind a real nginx goes back while its customers ask.
@DisplayNameGeneration(ReplaceUnderscores.class)
class NginxJourneyTest {
  private static final int CUSTOMERS = 8;

  @TempDir Path folder;

  @Test
  void a_rollback_behind_nginx_under_load_loses_no_request() throws Exception {
    try (SmallSystem system = SmallSystem.behindNginx(folder)) {
      var closed = new AtomicBoolean();
      List<Customer> customers =
          IntStream.range(0, CUSTOMERS)
              .mapToObj(_ -> new Customer(system.customersPort(), closed))
              .toList();
      try (var market = Executors.newVirtualThreadPerTaskExecutor()) {
        customers.forEach(market::execute);
        everybodyIsServedBy("v2", customers);

        Said said = system.lastgood("rollback", "--yes", "backend");

        everybodyIsServedBy("v1", customers);
        closed.set(true);
        assertThat(said.exit()).as("%s", said).isZero();
        assertThat(said.out()).contains("lead the traffic to v1", "proven");
      }
      assertThat(customers).flatExtracting(Customer::failures).isEmpty();
      assertThat(system.running()).containsExactly("v1");
    }
  }

  private static void everybodyIsServedBy(String version, List<Customer> customers) {
    customers.forEach(c -> c.answers().clear());
    Until.holds(
        "everybody is served by " + version,
        () ->
            customers.stream()
                .allMatch(c -> c.answers().stream().anyMatch(a -> a.contains(version))));
  }
}
