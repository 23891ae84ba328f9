package dev.lastgood.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/// A night at the tea shop, from the last good state to the proof of it; told with the real
/// commands.
final class Story {
  private static final int PATIENCE_SECONDS = 180;
  private static final Pattern UNHEALTHY = Pattern.compile("(?m)^ +\\S+ +\\S+ +unhealthy: ");
  private static final Pattern KNOWN_GOOD = Pattern.compile("\"knownGood\"\\s*:\\s*\"");

  private final ShopPlace place;
  private final Shop shop;
  private final DemoOptions options;
  private final PrintStream out;
  private final InstantSource clock;
  private final int patienceSeconds;
  private final Cli lastgood;
  private final Timeline timeline;

  Story(ShopPlace place, Shop shop, DemoOptions options, PrintStream out, InstantSource clock) {
    this.place = place;
    this.shop = shop;
    this.options = options;
    this.out = out;
    this.clock = clock;
    patienceSeconds = options.yes() ? PATIENCE_SECONDS : 60 * 60;
    lastgood = new Cli(place.folder(), patienceSeconds, out);
    timeline = new Timeline(clock);
  }

  int tell() throws IOException {
    try (Traffic traffic = firstGoodState()) {
      badDeploy(traffic);
      AtomicReference<Optional<Instant>> moved = new AtomicReference<>(Optional.empty());
      Thread watcher = Thread.ofVirtual().start(() -> watchTheDoor(shop.address("backend"), moved));
      int exit = options.crash() ? rollBackWithCrash() : rollBack();
      timeline.add("Lastgood ended with exit " + exit);
      watcher.interrupt();
      if (exit != 0) {
        out.println();
        out.println("The rollback did not end proven (exit " + exit + "), so the story ends here.");
        return exit;
      }
      afterwards(traffic);
      return new Ending(place, out, timeline).tell(traffic.end(), moved.get());
    }
  }

  private Traffic firstGoodState() throws IOException {
    chapter("1. v1 is live, and proven good");
    for (String component : List.of("frontend", "backend")) {
      shop.deploy(component, "v1");
      expectDone(lastgood.run("record", component, "v1"));
    }
    Traffic traffic = Traffic.start(place.door(), Traffic.Pace.DEMO, clock);
    timeline.add("customers come to " + place.doorUrl() + "/");
    say(
        "Customers look and order, "
            + Traffic.Pace.DEMO.perSecond()
            + " requests a second. Lastgood looks until v1 has been healthy long enough:");
    Ask.until(
        "v1 is known good",
        PATIENCE_SECONDS,
        () -> KNOWN_GOOD.matcher(quiet("status", "--json").text()).find());
    timeline.add("v1 is known good");
    expectDone(lastgood.run("status"));
    return traffic;
  }

  private void badDeploy(Traffic traffic) throws IOException {
    chapter("2. The team deploys backend v2");
    shop.deploy("backend", "v2");
    traffic.mark("v2 is live");
    timeline.add("backend v2 is live, its deploy was green");
    expectDone(lastgood.run("record", "backend", "v2"));
    say("All green. But gifts keep their connection to the store…");
    AtomicReference<Cli.Said> said = new AtomicReference<>(new Cli.Said(0, ""));
    Ask.until(
        "Lastgood sees trouble",
        PATIENCE_SECONDS,
        () -> {
          said.set(quiet("status"));
          return UNHEALTHY.matcher(said.get().text()).find();
        });
    timeline.add("Lastgood's checks say unhealthy");
    // shown as it was said: asking once more would keep the customers waiting
    lastgood.show(said.get(), "status");
  }

  private int rollBack() throws IOException {
    chapter("3. Back to the last good state");
    timeline.add("lastgood rollback");
    return lastgood.run(rollbackWords());
  }

  private int rollBackWithCrash() throws IOException {
    chapter("3. Back to the last good state, and Lastgood is killed on the way");
    timeline.add("lastgood rollback");
    String[] words = rollbackWords();
    Process process = lastgood.start(words);
    Optional<Long> pid = awaitInstanceOfV1(process);
    if (pid.isEmpty()) {
      return lastgood.finish(process, words);
    }
    process.destroyForcibly();
    lastgood.finish(process, words);
    timeline.add("Lastgood is killed with SIGKILL");
    out.println();
    say(
        "kill -9 "
            + process.pid()
            + ": Lastgood is dead in the middle of the switch. It had just started v1 beside v2, as"
            + " pid "
            + pid.get()
            + "; the front door still sends everybody to v2.");
    lastgood.run("status");
    timeline.add("lastgood resume");
    int exit = lastgood.run("resume");
    boolean same = instanceOfV1().equals(pid);
    say(
        same
            ? "v1 still is pid " + pid.get() + ": it was found running, not started a second time."
            : "v1 is not pid " + pid.get() + " any more: something was done twice.");
    return exit != 0 || same ? exit : 1;
  }

  private String[] rollbackWords() {
    List<String> words = new ArrayList<>(List.of("rollback"));
    if (options.yes()) {
      words.addAll(
          List.of("--fact", "fixable_within_15m=no", "--fact", "data_at_risk=no", "--yes"));
    }
    return words.toArray(String[]::new);
  }

  /// Empty when Lastgood ended before it came so far.
  private Optional<Long> awaitInstanceOfV1(Process process) throws IOException {
    Ask.until(
        "v1 is started beside v2",
        patienceSeconds,
        () -> instanceOfV1().isPresent() || !process.isAlive());
    return process.isAlive() ? instanceOfV1() : Optional.empty();
  }

  private Optional<Long> instanceOfV1() {
    return shop.running("backend").stream()
        .filter(r -> r.release().equals("v1"))
        .map(r -> r.pid())
        .findFirst();
  }

  private void watchTheDoor(String before, AtomicReference<Optional<Instant>> moved) {
    try {
      while (moved.get().isEmpty()) {
        String now = shop.address("backend");
        if (!now.isEmpty() && !now.equals(before)) {
          moved.set(Optional.of(clock.instant()));
          timeline.add("the front door sends everybody to v1");
        }
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void afterwards(Traffic traffic) throws IOException {
    chapter("4. Is it really good?");
    long served = traffic.tally().ok();
    Ask.until("customers are served", PATIENCE_SECONDS, () -> traffic.tally().ok() > served + 300);
    expectDone(lastgood.run("status"));
    expectDone(lastgood.run("postmortem", "--output", Ending.POST_MORTEM));
    Files.writeString(place.folder().resolve(Ending.TRAFFIC), traffic.tally().json());
  }

  private Cli.Said quiet(String... words) {
    try {
      return lastgood.ask(words);
    } catch (IOException e) {
      return new Cli.Said(Demo.ENVIRONMENT, "");
    }
  }

  private static void expectDone(int exit) throws IOException {
    if (exit != 0) {
      throw new IOException("the command above ended with exit " + exit);
    }
  }

  private void chapter(String title) {
    out.println();
    out.println("== " + title);
    out.flush();
  }

  private void say(String text) {
    out.println(text);
    out.flush();
  }
}
