package dev.lastgood.provider.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// One place a process of a component may have: a port, or the only place of one that listens on
/// none. What runs in it is read from the machine: first the pid file, then the mark every process
/// of the slot carries in its environment. So the child of a start that died before it could write
/// anything down is found, and so is a program that went to the background by itself.
///
/// @param folder of the component, in the state folder
/// @param port 0: none
record Slot(Path folder, int port) {
  /// Set in the environment of every process of a slot, inherited by its children.
  static final String MARK = "LASTGOOD_INSTANCE";

  /// What is in the slot.
  sealed interface Seen {
    /// @param pid the process to name to people; its session is the slot's
    record Runs(String release, long pid) implements Seen {}

    /// It was started and is gone, and nobody stopped it.
    record Died(PidFile file) implements Seen {}

    record Nothing() implements Seen {}
  }

  Path pidFile() {
    return folder.resolve(name() + ".pid");
  }

  Path lockFile() {
    return folder.resolve(name() + ".lock");
  }

  String name() {
    return port == 0 ? "process" : Integer.toString(port);
  }

  /// `on port 8081`, or nothing for a process without one.
  String on() {
    return port == 0 ? "" : " on port " + port;
  }

  String mark(String release) {
    return folder + "#" + port + "#" + release;
  }

  Seen look() {
    Optional<PidFile> file = PidFile.read(pidFile());
    if (file.isPresent() && file.get().alive()) {
      return new Seen.Runs(file.get().release(), file.get().pid());
    }
    Optional<Seen> found = search(file);
    if (found.isPresent()) {
      return found.get();
    }
    return file.filter(f -> !f.isIntent()).<Seen>map(Seen.Died::new).orElseGet(Seen.Nothing::new);
  }

  /// Looks for the mark, where there can be one: something was started, or something listens. To
  /// read what every process has in its environment takes long on a busy machine.
  private Optional<Seen> search(Optional<PidFile> file) {
    if (file.isPresent() ? !file.get().ofThisBoot() : port != 0 && !Sockets.listening(port)) {
      return Optional.empty();
    }
    List<Processes.Stat> marked = marked(file.map(PidFile::ticks).orElse(0L));
    return marked.isEmpty()
        ? Optional.empty()
        : markedRelease(main(marked).pid())
            .map(release -> new Seen.Runs(release, main(marked).pid()));
  }

  private List<Processes.Stat> marked(long sinceTicks) {
    List<Processes.Stat> marked = new ArrayList<>();
    for (long pid : Processes.all()) {
      Processes.stat(pid)
          .filter(s -> s.alive() && s.startTicks() >= sinceTicks)
          .filter(s -> markedRelease(pid).isPresent())
          .ifPresent(marked::add);
    }
    return marked;
  }

  /// Everything that must end with it: its session, and what carries its mark elsewhere; never
  /// Lastgood itself, should it have been started from within.
  ///
  /// @param main whose session it is
  List<Processes.Stat> everything(long main) {
    long self = ProcessHandle.current().pid();
    // Nothing of it is older than what was written down before it was started.
    long since = PidFile.read(pidFile()).filter(PidFile::ofThisBoot).map(PidFile::ticks).orElse(0L);
    List<Processes.Stat> all = new ArrayList<>();
    for (long pid : Processes.all()) {
      Processes.stat(pid)
          .filter(s -> s.alive() && pid != self && s.startTicks() >= since)
          .filter(s -> s.session() == main || markedRelease(pid).isPresent())
          .ifPresent(all::add);
    }
    return all;
  }

  /// How long a process has been running, by the machine's own count.
  static Duration age(Processes.Stat stat) {
    return Processes.uptime().minusMillis(stat.startTicks() * 10);
  }

  /// The leader of a session, where one is left; else the oldest.
  private static Processes.Stat main(List<Processes.Stat> marked) {
    Comparator<Processes.Stat> leadersFirst =
        Comparator.comparingInt(s -> s.pid() == s.session() ? 0 : 1);
    return marked.stream()
        .min(leadersFirst.thenComparingLong(Processes.Stat::startTicks))
        .orElseThrow();
  }

  /// The release in the mark of a process of this slot. The environment of another user's processes
  /// cannot be read; those are never ours.
  private Optional<String> markedRelease(long pid) {
    try {
      byte[] environment = Files.readAllBytes(Path.of("/proc/" + pid + "/environ"));
      String prefix = "\0" + MARK + "=" + mark("");
      String text = "\0" + new String(environment, StandardCharsets.UTF_8);
      int at = text.indexOf(prefix);
      if (at < 0) {
        return Optional.empty();
      }
      int from = at + prefix.length();
      int end = text.indexOf('\0', from);
      return Optional.of(text.substring(from, end < 0 ? text.length() : end));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
