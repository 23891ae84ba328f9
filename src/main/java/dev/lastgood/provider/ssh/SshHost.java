package dev.lastgood.provider.ssh;

import static dev.lastgood.provider.ssh.ShellWords.quoted;

import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.Argv.End;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.Glance;
import dev.lastgood.provider.local.Host;
import dev.lastgood.provider.local.LogFile;
import java.io.IOException;
import java.lang.ScopedValue.CallableOp;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Another host: its files, its commands, and the one connection to it. The connection is made when
/// it is first needed and kept while it is used. Once it is lost nothing more is asked until
/// [#connect()]: whoever was in the middle of something must look first.
final class SshHost extends FileSystem implements Host {
  /// Beyond the time-out of ssh itself, for the login shell to start.
  static final Duration GRACE = Duration.ofSeconds(10);

  /// Beyond the time-out of a command, to end it there.
  private static final Duration ENDING = Duration.ofSeconds(15);

  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final int MAX_OUTPUT = 64 * 1024;
  private static final int NOT_OURS = 45;

  /// What the look saw in which this thread is.
  private static final ScopedValue<Seen> SEEN = ScopedValue.newInstance();

  private final Login login;
  private final SshFiles files = new SshFiles(this);
  private @Nullable Shell shell;
  private boolean lost;

  SshHost(Login login) {
    this.login = login;
  }

  @Override
  public String name() {
    return login.name();
  }

  Login login() {
    return login;
  }

  @Override
  public boolean elsewhere() {
    return true;
  }

  @Override
  public Path path(String absolute) {
    return getPath(absolute);
  }

  /// Makes the connection where there is none, also after it was lost.
  ///
  /// @throws HostLost if it cannot be made; nothing was changed there by this
  synchronized void connect() {
    lost = false;
    Shell now = shell;
    if (now != null && !now.alive()) {
      shell = null;
    }
    connected();
  }

  private Shell connected() {
    Shell now = shell;
    if (now != null && now.alive()) {
      return now;
    }
    if (lost || now != null) {
      // Not made again by itself: whoever asks may be in the middle of something.
      lost = true;
      throw new HostLost(name() + ": the connection was lost");
    }
    try {
      Shell fresh = Shell.open(name(), login.command(), login.patience().plus(GRACE));
      shell = fresh;
      Thread.ofVirtual().start(() -> closeWhenIdle(fresh));
      return fresh;
    } catch (HostLost e) {
      lost = true;
      throw new HostLost(login.explained(String.valueOf(e.getMessage())));
    }
  }

  private static void closeWhenIdle(Shell shell) {
    try {
      while (shell.alive()) {
        Thread.sleep(IDLE);
        shell.closeAfter(IDLE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// For what changes something, or may.
  ///
  /// @throws HostLost if there is no connection, or it is lost meanwhile
  Shell.Answer ask(String script, Duration patience) {
    seen().ifPresent(Seen::forget);
    return look(script, patience);
  }

  /// What was seen of this host in the look in which this thread is; empty: it is in none.
  Optional<Seen> seen() {
    return SEEN.isBound() ? Optional.of(SEEN.get()).filter(s -> s.of(this)) : Optional.empty();
  }

  @Override
  public <T, X extends Throwable> T glance(Glance at, CallableOp<T, X> look) throws X {
    Optional<Seen> around = seen();
    if (around.isPresent()) {
      around.get().add(at);
      return look.call();
    }
    var seen = new Seen(this);
    seen.add(at);
    return ScopedValue.where(SEEN, seen).call(look);
  }

  /// For what changes nothing.
  ///
  /// @throws HostLost if there is no connection, or it is lost meanwhile
  synchronized Shell.Answer look(String script, Duration patience) {
    try {
      return connected().ask(script, patience);
    } catch (HostLost e) {
      lost = true;
      throw e;
    }
  }

  /// With `timeout` of coreutils on that side, which ends what the command started. The output goes
  /// to a file there: what the command leaves running may go on holding it.
  @Override
  public End run(Argv command) {
    var script = new StringBuilder();
    command
        .dir()
        .ifPresent(
            d -> script.append("cd -- ").append(quoted(d.toString())).append(" || exit 126; "));
    for (Map.Entry<String, String> each : new TreeMap<>(command.environment()).entrySet()) {
      if (!each.getKey().matches("[A-Za-z_][A-Za-z0-9_]*")) {
        return new End.NotStarted(each.getKey() + " is no name of a variable");
      }
      script.append("export ").append(each.getKey()).append('=').append(quoted(each.getValue()));
      script.append("; ");
    }
    script
        .append("t=$(mktemp) || exit 126; timeout -k 5 ")
        .append(Math.max(1, command.timeout().toMillis()) / 1000.0)
        .append(" ")
        .append(quoted(command.command()))
        .append(" >\"$t\" 2>&1; r=$?; tail -c ")
        .append(MAX_OUTPUT)
        .append(" -- \"$t\"; rm -f -- \"$t\"; exit $r");
    Shell.Answer answer;
    try {
      answer = ask(script.toString(), command.timeout().plus(ENDING));
    } catch (IllegalArgumentException e) {
      return new End.NotStarted(command.shown() + ": " + e.getMessage());
    }
    return end(command, answer);
  }

  private End end(Argv command, Shell.Answer answer) {
    String output = answer.text();
    return switch (answer.code()) {
      case 124, 137 ->
          new End.CutOff(
              command.shown()
                  + " on "
                  + name()
                  + " did not end within "
                  + command.timeout().toMillis()
                  + " ms",
              output);
      case 126, 127 ->
          output.startsWith("timeout: ") || (output.isEmpty() && !answer.err().isEmpty())
              ? new End.NotStarted(
                  command.shown()
                      + " on "
                      + name()
                      + " cannot be started: "
                      + (output.isEmpty() ? answer.err() : output.strip()))
              : new End.Exited(answer.code(), output);
      default -> new End.Exited(answer.code(), output);
    };
  }

  @Override
  public End runInto(Argv command, LogFile log) {
    return run(command);
  }

  /// One script: written beside, made like the one before, on disk, renamed, on disk.
  @Override
  public void write(Path file, byte[] content) throws IOException {
    SshPath real =
        (SshPath)
            (java.nio.file.Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath());
    String folder = folder(real);
    String script =
        SshFiles.ENGLISH
            + "umask 077; f="
            + quoted(real.toString())
            + "; t="
            + quoted(beside(real))
            + "; trap 'rm -f -- \"$t\"' EXIT; set -C; base64 -d >\"$t\" <<'END' || exit 1\n"
            + Base64.getMimeEncoder(76, new byte[] {'\n'}).encodeToString(content)
            + "\nEND\nset +C; [ \"$(wc -c <\"$t\")\" -eq "
            + content.length
            + " ] || { echo 'it was not written whole' >&2; exit 1; }; if [ -e \"$f\" ]; then"
            + " chown --reference=\"$f\" -- \"$t\" || exit "
            + NOT_OURS
            + "; chmod --reference=\"$f\" -- \"$t\" || exit 1;"
            + " fi; sync -- \"$t\" && mv -fT -- \"$t\" \"$f\" && sync -- "
            + quoted(folder);
    Shell.Answer answer = ask(script, SshFiles.PATIENCE);
    if (answer.code() == NOT_OURS) {
      throw AtomicFiles.notOurs(real, files.attributes(real, true), null);
    }
    if (answer.code() != 0) {
      throw SshFiles.trouble(real, answer.err());
    }
  }

  /// One script, as for a file.
  @Override
  public void link(Path link, Path target) throws IOException {
    var real = (SshPath) link.toAbsolutePath();
    Shell.Answer answer =
        ask(
            SshFiles.ENGLISH
                + "l="
                + quoted(real.toString())
                + "; t="
                + quoted(beside(real))
                + "; if [ -e \"$l\" ] && [ ! -L \"$l\" ]; then exit 44; fi; ln -sT -- "
                + quoted(target.toString())
                + " \"$t\" && { mv -fT -- \"$t\" \"$l\" || { rm -f -- \"$t\"; exit 1; }; }"
                + " && exec sync -- "
                + quoted(folder(real)),
            SshFiles.PATIENCE);
    if (answer.code() == 44) {
      throw new IOException(link + " is not a link, so it is not replaced");
    }
    if (answer.code() != 0) {
      throw SshFiles.trouble(real, answer.err());
    }
  }

  private static String folder(SshPath file) throws IOException {
    Path folder = file.words().getParent();
    if (folder == null) {
      throw new IOException(file + " is no file");
    }
    return folder.toString();
  }

  /// A name of its own beside the file, of something that is not finished.
  private static String beside(SshPath file) throws IOException {
    byte[] random = new byte[8];
    ThreadLocalRandom.current().nextBytes(random);
    return Path.of(folder(file))
        .resolve(
            "." + file.words().getFileName() + ".lastgood-tmp-x" + HexFormat.of().formatHex(random))
        .toString();
  }

  @Override
  public void sync(Path directory) throws IOException {
    files.change((SshPath) directory.toAbsolutePath(), "sync");
  }

  @Override
  public void removeTree(Path folder) throws IOException {
    files.change((SshPath) folder.toAbsolutePath(), "rm", "-rf", "--one-file-system");
  }

  @Override
  public SshFiles provider() {
    return files;
  }

  @Override
  public void close() {
    Shell now = shell;
    if (now != null) {
      now.close();
    }
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(getPath("/"));
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return List.of();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Set.of("basic", "owner", "posix");
  }

  @Override
  public Path getPath(String first, String... more) {
    return new SshPath(this, Path.of(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    PathMatcher here = java.nio.file.FileSystems.getDefault().getPathMatcher(pattern);
    return path -> here.matches(Path.of(path.toString()));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException("users of other hosts");
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException("files of other hosts cannot be watched");
  }
}
