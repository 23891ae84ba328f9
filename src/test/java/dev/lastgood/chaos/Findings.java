package dev.lastgood.chaos;

import dev.lastgood.chaos.SyncedWorld.Line;
import dev.lastgood.plan.Plan;
import dev.lastgood.plan.Step;
import dev.lastgood.run.Journal;
import dev.lastgood.run.Journal.Entry;
import dev.lastgood.run.RunEvent;
import dev.lastgood.run.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What must hold after any chaos, looked up in the journal and in the world, which know nothing of
/// each other.
final class Findings {
  private final Journal journal;
  private final Path world;
  private final List<String> faults = new ArrayList<>();
  private int blindRepeats;
  private int repeats;
  private int entries;
  private int takeOvers;

  Findings(Journal journal, Path world) {
    this.journal = journal;
    this.world = world;
  }

  Findings of(List<RunId> runs) throws Journal.NoSuchRun, IOException {
    for (RunId run : runs) {
      journal.verify(run).ifPresent(fault -> faults.add(run + ": chain: " + fault));
      Plan plan = journal.plan(run);
      List<Entry> all = journal.entries(run);
      entries += all.size();
      takeOvers += (int) all.stream().map(Entry::epoch).distinct().count() - 1;
      ended(run, all);
      for (Step step : plan.steps()) {
        blind(run, step);
        order(run, plan, step);
      }
      journalOrder(run, plan, all);
    }
    acknowledged();
    return this;
  }

  List<String> faults() {
    return faults;
  }

  int blindRepeats() {
    return blindRepeats;
  }

  int repeats() {
    return repeats;
  }

  int entries() {
    return entries;
  }

  int claims() {
    return takeOvers;
  }

  private void ended(RunId run, List<Entry> all) {
    if (!(all.getLast().event() instanceof RunEvent.Finished finished)) {
      faults.add(run + " has not ended");
      return;
    }
    boolean stopped = all.stream().anyMatch(e -> e.event() instanceof RunEvent.StopAsked);
    boolean expected =
        switch (finished.result()) {
          case PROVEN -> true;
          case STOPPED, ABANDONED -> stopped;
          case UNPROVEN -> false;
        };
    if (!expected) {
      faults.add(run + " ended " + finished.result() + ": " + finished.says());
    }
  }

  /// Whoever acts has looked since anybody acted last.
  private void blind(RunId run, Step step) {
    List<Line> lines = SyncedWorld.lines(SyncedWorld.file(world, run, step.id()));
    boolean actedBefore = false;
    Map<String, Boolean> looked = new HashMap<>();
    for (Line line : lines) {
      switch (line.what()) {
        case "saw nothing" -> looked.put(line.actor(), true);
        case "saw effect" -> looked.put(line.actor(), false);
        case "act" -> {
          if (!looked.getOrDefault(line.actor(), false)) {
            blindRepeats++;
            faults.add(run + " " + step.id() + ": " + line.actor() + " acted blindly: " + lines);
          }
          repeats += actedBefore ? 1 : 0;
          actedBefore = true;
          looked.clear();
        }
        default -> {}
      }
    }
  }

  /// No step acts before the effect of what it needs is there, by the clock all processes share.
  private void order(RunId run, Plan plan, Step step) {
    List<Line> acts =
        SyncedWorld.lines(SyncedWorld.file(world, run, step.id())).stream()
            .filter(l -> l.what().equals("act"))
            .toList();
    if (acts.isEmpty()) {
      return;
    }
    for (String need : step.needs()) {
      boolean there =
          SyncedWorld.lines(SyncedWorld.file(world, run, plan.step(need).id())).stream()
              .anyMatch(l -> l.what().equals("effect") && l.nanos() < acts.getFirst().nanos());
      if (!there) {
        faults.add(run + ": " + step.id() + " acted before " + need + " was there");
      }
    }
  }

  private void journalOrder(RunId run, Plan plan, List<Entry> all) {
    List<String> done = new ArrayList<>();
    for (Entry entry : all) {
      switch (entry.event()) {
        case RunEvent.Intended intended -> {
          if (!done.containsAll(plan.step(intended.step()).needs())) {
            faults.add(
                run + ": " + intended.step() + " was intended before what it needs was done");
          }
        }
        case RunEvent.Ended ended -> {
          if (ended.result() == RunEvent.Result.DONE) {
            done.add(ended.step());
          }
        }
        default -> {}
      }
    }
  }

  /// What the database confirmed is there, as it was confirmed.
  private void acknowledged() throws IOException {
    Map<String, Map<Long, String>> stored = new HashMap<>();
    try (Stream<Path> files = Files.list(world)) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("acked-")).toList()) {
        for (String line : Files.readAllLines(file)) {
          String[] parts = line.split(" ", -1);
          if (parts.length == 3) {
            String kept =
                stored.computeIfAbsent(parts[0], this::hashes).get(Long.parseLong(parts[1]));
            if (!parts[2].equals(kept)) {
              faults.add(parts[0] + ": confirmed entry " + parts[1] + " is lost");
            }
          }
        }
      }
    }
  }

  private Map<Long, String> hashes(String run) {
    Map<Long, String> hashes = new HashMap<>();
    journal.entries(new RunId(run)).forEach(e -> hashes.put(e.seq(), e.hash()));
    return hashes;
  }
}
