package dev.lastgood;

import dev.lastgood.cli.Words;
import dev.lastgood.demo.Demo;
import dev.lastgood.demo.DemoOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

final class DemoCommand implements Callable<Integer> {
  final Words words =
      new Words(
          this,
          "demo",
          "The main job, on a small real shop in a scratch folder.",
          "Starts a shop with real traffic, deploys a release that goes bad, sees it, decides, asks, rolls"
              + " back, proves it, and reports. Touches nothing outside its folder.");
  private final boolean canAsk;
  private final InstantSource clock;
  private boolean yes;
  private boolean crash;
  private boolean keep;
  private @Nullable Path folder;

  DemoCommand(boolean canAsk, InstantSource clock) {
    this.canAsk = canAsk;
    this.clock = clock;
    words.flag("-y,--yes", "Do not ask before rolling back.", v -> yes = v);
    words.flag("--crash", "Kill Lastgood in the middle of the switch, and resume.", v -> crash = v);
    words.flag("--keep", "Leave the shop running at the end.", v -> keep = v);
    words.path(
        "--folder",
        "FOLDER",
        "Where (default: a new folder among the temporary files).",
        v -> folder = v);
  }

  @Override
  public Integer call() {
    return Demo.run(
        new DemoOptions(yes, crash, keep, canAsk, Optional.ofNullable(folder)), System.out, clock);
  }
}
