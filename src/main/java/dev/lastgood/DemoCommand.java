package dev.lastgood;

import dev.lastgood.demo.Demo;
import dev.lastgood.demo.DemoOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    header = "The main job, on a small real shop in a scratch folder.",
    description = {
      "Starts a shop with real traffic, deploys a release that goes bad, sees it, decides, asks, rolls back,"
          + " proves it, and reports. Touches nothing outside its folder."
    })
final class DemoCommand implements Callable<Integer> {
  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask before rolling back.")
  boolean yes;

  @Option(names = "--crash", description = "Kill Lastgood in the middle of the switch, and resume.")
  boolean crash;

  @Option(names = "--keep", description = "Leave the shop running at the end.")
  boolean keep;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "Where (default: a new folder among the temporary files).")
  @Nullable Path folder;

  private final boolean canAsk;
  private final InstantSource clock;

  DemoCommand(boolean canAsk, InstantSource clock) {
    this.canAsk = canAsk;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    return Demo.run(
        new DemoOptions(yes, crash, keep, canAsk, Optional.ofNullable(folder)), System.out, clock);
  }
}
