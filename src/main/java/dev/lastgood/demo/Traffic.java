package dev.lastgood.demo;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Real traffic: many customers, together so and so many requests a second, until closed.
public final class Traffic implements AutoCloseable {
  private final Pace pace;
  private final String address;
  private final Results results;
  private final AtomicLong visits = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean open = true;

  /// How much traffic.
  public record Pace(int customers, int perSecond) {
    /// Enough that the fault of v2 shows within seconds, little enough for a small machine.
    public static final Pace DEMO = new Pace(24, 150);
  }

  /// @param address of the front door, `127.0.0.1:8080`
  public static Traffic start(String address, Pace pace, InstantSource clock) {
    Traffic traffic = new Traffic(address, pace, clock);
    for (int i = 0; i < pace.customers(); i++) {
      int number = i;
      traffic.threads.add(
          Thread.ofVirtual().name("customer-" + i).start(() -> traffic.shop(number)));
    }
    return traffic;
  }

  private Traffic(String address, Pace pace, InstantSource clock) {
    this.address = address;
    this.pace = pace;
    results = new Results(clock);
  }

  /// Names this moment, so that the tally can say what happened since.
  public void mark(String name) {
    results.mark(name);
  }

  public Tally tally() {
    return results.tally();
  }

  /// Lets every customer finish the request it is at, and counts.
  public Tally end() {
    close();
    return tally();
  }

  @Override
  public void close() {
    open = false;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void shop(int number) {
    long between = TimeUnit.SECONDS.toNanos(1) * pace.customers() / pace.perSecond();
    long next = System.nanoTime() + between * number / pace.customers();
    try (Customer customer = new Customer(address)) {
      while (open) {
        LockSupport.parkNanos(next - System.nanoTime());
        long began = System.nanoTime();
        Visit visit = Visit.number(visits.getAndIncrement());
        Customer.Result result = customer.make(visit);
        long ended = System.nanoTime();
        results.add(visit, result, TimeUnit.NANOSECONDS.toMillis(ended - began));
        // who was kept waiting comes back at the usual pace, not all at once
        next = Math.max(next + between, ended);
      }
    }
  }
}
