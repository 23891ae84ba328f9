package dev.lastgood.evidence;

import dev.lastgood.condition.Durations;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Capturable.Exhibit;
import java.time.Duration;
import java.util.List;

/// Asks a platform for what a release said and ran with. It comes before the first change of a
/// rollback, so it must not hold it up.
public final class Capture {
  private Capture() {}

  /// Throws nothing: what cannot be had is an exhibit that says so.
  public static List<Exhibit> of(Capturable platform, Release release, Duration atMost) {
    return new Attempt<>(
            () -> List.copyOf(platform.capture(release)),
            failure ->
                nothing(
                    release,
                    "the platform failed, which is a defect of its adapter: "
                        + failure.getClass().getSimpleName()),
            gaveUp ->
                nothing(
                    release,
                    switch (gaveUp) {
                      case TIME_IS_UP ->
                          "the platform did not show it within " + Durations.shown(atMost);
                      case TOLD_TO_STOP -> "Lastgood was told to stop";
                    }))
        .within(atMost);
  }

  private static List<Exhibit> nothing(Release release, String why) {
    return List.of(
        new Exhibit(
            release.component() + "-" + release.id() + "-not-captured.txt",
            "Lastgood",
            "Logs and configuration of " + release.label() + " could not be had: " + why + ".\n"));
  }
}
