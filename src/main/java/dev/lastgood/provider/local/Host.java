package dev.lastgood.provider.local;

import java.io.IOException;
import java.lang.ScopedValue.CallableOp;
import java.nio.file.Path;

/// The machine a component lives on: its files and its commands. Files are [java.nio.file.Path]s of
/// a file system of that machine, so that an adapter works on another one by being given another
/// base; what [java.nio.file.Files] cannot say is here. `HostContract` says, as tests, what each
/// host must do.
public interface Host {
  /// As people call it; `here` for this machine.
  String name();

  /// Is it another machine? Then its processes, ports and clock are not ours.
  boolean elsewhere();

  /// @param absolute as that machine spells it
  Path path(String absolute);

  /// Runs a command to its end, as [Argv#run()] does.
  Argv.End run(Argv command);

  /// Runs a command that leaves something running, as [Argv#runInto(LogFile)] does; elsewhere the
  /// log stays empty and the output is in the answer.
  Argv.End runInto(Argv command, LogFile log);

  /// Looks at files with `look`, which is going to ask what `at` says. On another machine all of
  /// that is asked for at once, and the answers are of one moment: the beginning of the outermost
  /// look. As soon as something is changed through this host, by this thread, they are forgotten.
  <T, X extends Throwable> T glance(Glance at, CallableOp<T, X> look) throws X;

  /// As [AtomicFiles#link(Path, Path)].
  void link(Path link, Path target) throws IOException;

  /// As [AtomicFiles#write(Path, byte\[\])].
  void write(Path file, byte[] content) throws IOException;

  /// As [AtomicFiles#sync(Path)].
  void sync(Path directory) throws IOException;

  /// Removes a folder with all in it; links are removed, never followed.
  void removeTree(Path folder) throws IOException;

  /// Whose path it is.
  static Host of(Path path) {
    return path.getFileSystem() instanceof Host host ? host : ThisMachine.HERE;
  }
}
