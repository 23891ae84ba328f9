package dev.lastgood.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// `lastgood demo`: builds the shop, tells the [Story], and cleans up whatever happens.
public final class Demo {
  static final int INPUT = 2;
  static final int ENVIRONMENT = 3;

  private final DemoOptions options;
  private final PrintStream out;
  private final InstantSource clock;

  /// @return the exit code: 0 when the rollback was proven and no customer was lost by it, else
  ///   that of the command of Lastgood that did not succeed
  public static int run(DemoOptions options, PrintStream out, InstantSource clock) {
    return new Demo(options, out, clock).run();
  }

  private Demo(DemoOptions options, PrintStream out, InstantSource clock) {
    this.options = options;
    this.out = out;
    this.clock = clock;
  }

  private int run() {
    if (!options.yes() && !options.canAsk()) {
      out.println("demo: asks before it rolls back, and nobody is at this terminal: add --yes");
      return INPUT;
    }
    try {
      Optional<Path> folder = folder();
      if (folder.isEmpty()) {
        return INPUT;
      }
      return tell(folder.get());
    } catch (IOException e) {
      out.println("demo: cannot go on: " + e.getMessage());
      return ENVIRONMENT;
    }
  }

  private int tell(Path folder) throws IOException {
    ShopPlace place = ShopPlace.in(folder);
    Shop shop = new Shop(place, folder.resolve("state"), clock);
    AtomicBoolean keep = new AtomicBoolean();
    Thread cleaning = new Thread(() -> closeUnless(keep, shop));
    Runtime.getRuntime().addShutdownHook(cleaning);
    try {
      out.println("A small tea shop is built in " + folder);
      ShopConfig.write(place);
      shop.open();
      int exit = new Story(place, shop, options, out, clock).tell();
      keep.set(options.keep());
      if (options.keep()) {
        leave(place, shop);
      }
      return exit;
    } finally {
      closeUnless(keep, shop);
      forget(cleaning);
    }
  }

  private static void closeUnless(AtomicBoolean keep, Shop shop) {
    if (!keep.get()) {
      shop.close();
    }
  }

  private static void forget(Thread cleaning) {
    try {
      Runtime.getRuntime().removeShutdownHook(cleaning);
    } catch (IllegalStateException e) {
      // the JVM is on its way out, and the hook is at work
    }
  }

  private void leave(ShopPlace place, Shop shop) {
    out.println();
    out.println("The shop goes on: " + place.doorUrl() + "/");
    out.println("  play:  cd " + place.folder() + "  and then: lastgood status, log, show…");
    out.println("  stop:  kill " + String.join(" ", shop.pids()));
  }

  private Optional<Path> folder() throws IOException {
    if (options.folder().isEmpty()) {
      return Optional.of(Files.createTempDirectory("lastgood-demo-"));
    }
    Path folder = options.folder().get().toAbsolutePath();
    Files.createDirectories(folder);
    try (Stream<Path> content = Files.list(folder)) {
      if (content.findAny().isPresent()) {
        out.println(
            "demo: " + folder + " is not empty, and nothing in it is touched: name another");
        return Optional.empty();
      }
    }
    return Optional.of(folder);
  }
}
