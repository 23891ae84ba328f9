package dev.lastgood.chaos;

import dev.lastgood.plan.Step;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Sight;
import dev.lastgood.run.RunId;
import dev.lastgood.run.Worker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;

/// A world that outlives every process: each step of each run has a file of its own, to which every
/// look, every act and its effect is appended and synced. Acts take their time, and by the seed
/// some refuse, lie, or do not answer.
final class SyncedWorld implements Worker {
  private final Path folder;
  private final String actor;
  private final long seed;

  /// @param actor this process, unique among all that ever were
  SyncedWorld(Path folder, String actor, long seed) {
    this.folder = folder;
    this.actor = actor;
    this.seed = seed;
  }

  /// One line of such a file.
  ///
  /// @param nanos of the clock that all processes of the machine share
  record Line(long nanos, String actor, String what) {
    static Line read(String line) {
      String[] parts = line.split(" ", 3);
      return new Line(Long.parseLong(parts[0]), parts[1], parts[2]);
    }
  }

  static Path file(Path folder, RunId run, String step) {
    return folder.resolve(run + "__" + step);
  }

  static List<Line> lines(Path file) {
    try {
      return Files.exists(file)
          ? Files.readAllLines(file).stream().map(Line::read).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Sight look(RunId run, Step step) {
    Path file = file(folder, run, step.id());
    if (new Random().nextInt(20) == 0) {
      return new Sight.Unclear("the look failed");
    }
    List<Line> before = lines(file);
    boolean holds = before.stream().anyMatch(l -> l.what().equals("effect"));
    append(file, holds ? "saw effect" : "saw nothing");
    return holds ? new Sight.Holds("the effect") : new Sight.NotYet("nothing");
  }

  @Override
  public Outcome act(RunId run, Step step, String key) {
    Path file = file(folder, run, step.id());
    append(file, "act");
    boolean first = lines(file).stream().filter(l -> l.what().equals("act")).count() == 1;
    // the same in every process, so that a seed tells a story
    var random = new Random(seed ^ key.hashCode());
    int fate = random.nextInt(100);
    pause(random.nextInt(10) == 0 ? 400 : random.nextInt(40));
    if (first && fate < 4) {
      return new Outcome.Refused("not today");
    }
    if (first && fate < 8) {
      return new Outcome.Done("sure");
    }
    if (first && fate < 12) {
      return new Outcome.Unknown("no answer");
    }
    append(file, "effect");
    return fate < 25 ? new Outcome.Unknown("no answer") : new Outcome.Done("done");
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void append(Path file, String what) {
    String line = System.nanoTime() + " " + actor + " " + what + "\n";
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
