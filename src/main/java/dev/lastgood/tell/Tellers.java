package dev.lastgood.tell;

import dev.lastgood.model.Text;
import dev.lastgood.plan.Phase;
import dev.lastgood.plan.Work;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.run.RunId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/// Tells people, each through the command that is configured for them, all at the same time. A
/// message that does not arrive is said, and stops nothing.
public final class Tellers {
  /// Said in plans and reports of a system without tellers.
  public static final String NOBODY = "nobody is told: no `tell` configured";

  private final List<Teller> tellers;
  private final Path folder;

  /// @param folder of the configuration; commands run there
  public Tellers(List<Teller> tellers, Path folder) {
    this.tellers = List.copyOf(tellers);
    this.folder = folder;
  }

  /// What came of telling one.
  ///
  /// @param arrived true when the command took the message and said so
  /// @param sent false when it is sure that nobody got it
  /// @param says for people
  public record Told(String teller, boolean arrived, boolean sent, String says) {}

  /// Tells everybody, whatever the audience.
  ///
  /// @param event what happened, in one word, as `LASTGOOD_EVENT`
  public List<Told> tellAll(RunId run, String event, String message) {
    return tell(tellers, run, event, message);
  }

  /// Tells one audience; empty when nobody is configured for it.
  public List<Told> tell(RunId run, String event, String audience, String message) {
    return tell(
        tellers.stream().filter(t -> t.audience().equals(audience)).toList(), run, event, message);
  }

  /// As a step of a run. Done when it arrived somewhere: telling again would tell those twice.
  ///
  /// @param phase of the step: announcing is the event `started`, closing is `finished`
  public Outcome tell(RunId run, Phase phase, Work.Tell tell) {
    List<Told> told = tell(run, event(phase), tell.audience(), tell.message());
    if (told.isEmpty()) {
      return new Outcome.Refused(
          tellers.isEmpty()
              ? NOBODY
              : "nobody is told: no `tell` is for "
                  + tell.audience()
                  + ". Known audiences: "
                  + tellers.stream()
                      .map(Teller::audience)
                      .distinct()
                      .sorted()
                      .collect(Collectors.joining(", ")));
    }
    String says = told.stream().map(Told::says).collect(Collectors.joining("; "));
    if (told.stream().anyMatch(Told::arrived)) {
      return new Outcome.Done(says);
    }
    return told.stream().anyMatch(Told::sent)
        ? new Outcome.Unknown(says)
        : new Outcome.Refused(says);
  }

  private static String event(Phase phase) {
    return switch (phase) {
      case ANNOUNCE -> Messages.Event.STARTED.word();
      case CLOSE -> Messages.Event.FINISHED.word();
      case PREPARE, FREEZE, ROLL_BACK, VERIFY, REOPEN, WATCH -> "progress";
    };
  }

  private List<Told> tell(List<Teller> who, RunId run, String event, String message) {
    String text = Wording.lines(message) + "\n";
    List<Callable<Told>> calls = new ArrayList<>();
    who.forEach(teller -> calls.add(() -> tell(teller, run, event, text)));
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      var told = new ArrayList<Told>();
      List<Future<Told>> all = tasks.invokeAll(calls);
      for (int i = 0; i < all.size(); i++) {
        told.add(result(who.get(i), all.get(i)));
      }
      return told;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return who.stream().map(t -> unsure(t, "interrupted")).toList();
    }
  }

  private static Told result(Teller teller, Future<Told> told) throws InterruptedException {
    try {
      return told.get();
    } catch (ExecutionException e) {
      // What survives: the run that wanted to tell.
      return unsure(teller, "a defect of Lastgood");
    }
  }

  private Told tell(Teller teller, RunId run, String event, String text) {
    if (teller.command().isEmpty()) {
      return new Told(
          teller.name(), false, false, teller.name() + " was not told: its command is empty");
    }
    var env =
        Map.of(
            "LASTGOOD_RUN", run.value(),
            "LASTGOOD_EVENT", event,
            "LASTGOOD_AUDIENCE", teller.audience());
    var command = new Argv(teller.command(), Optional.of(folder), env, teller.timeout());
    return switch (command.run(text)) {
      case Argv.End.Exited(int code, _) when code == 0 ->
          new Told(teller.name(), true, true, teller.name() + " was told");
      case Argv.End.Exited exited ->
          unsure(teller, "exit " + exited.code() + said(exited.lastLine()));
      case Argv.End.CutOff cut -> unsure(teller, cut.reason());
      case Argv.End.NotStarted not ->
          new Told(
              teller.name(),
              false,
              false,
              teller.name() + " was not told: " + Text.plain(not.reason()));
    };
  }

  private static Told unsure(Teller teller, String why) {
    return new Told(
        teller.name(), false, true, teller.name() + " was perhaps not told: " + Text.plain(why));
  }

  private static String said(String line) {
    return line.isBlank() ? "" : ": " + Text.clip(Text.plain(line), 160);
  }
}
