package dev.lastgood.rehearse;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Rehearsing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A rehearsal whose folder is removed when it is over.
public record Swept(Rehearsing stage, Path scratch) implements Rehearsing {
  /// Removes a folder with all in it, links not followed; what cannot be removed stays in the
  /// folder for temporary files.
  public static void sweep(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      System.getLogger(Swept.class.getName())
          .log(System.Logger.Level.DEBUG, "the stage stays in " + folder, e);
    }
  }

  @Override
  public Office office() {
    return stage.office();
  }

  @Override
  public Office real() throws Refusal {
    return stage.real();
  }

  @Override
  public boolean played() {
    return stage.played();
  }

  @Override
  public List<String> leftOut() {
    return stage.leftOut();
  }

  @Override
  public List<String> scenery() {
    return stage.scenery();
  }

  @Override
  public List<String> unproven() {
    return stage.unproven();
  }

  @Override
  public List<String> targets() {
    return stage.targets();
  }

  @Override
  public void failingDeploy() throws Refusal {
    stage.failingDeploy();
  }

  @Override
  public List<String> trouble() {
    return stage.trouble();
  }

  @Override
  public List<String> counted() {
    return stage.counted();
  }

  @Override
  public void close() {
    stage.close();
    sweep(scratch);
  }
}
