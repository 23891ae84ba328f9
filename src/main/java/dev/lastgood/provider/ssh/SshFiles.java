package dev.lastgood.provider.ssh;

import static dev.lastgood.provider.ssh.ShellWords.quoted;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.spi.FileSystemProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files of one other host. Each method is one short script there, of which the names are
/// quoted and nothing else is put together. What coreutils complain about becomes the exception the
/// JDK throws for it; a lost connection is a [HostLost], never an `IOException`.
final class SshFiles extends FileSystemProvider {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /// Words of coreutils are read, so they must be English.
  static final String ENGLISH = "LC_ALL=C; export LC_ALL; ";

  private final SshHost host;

  SshFiles(SshHost host) {
    this.host = host;
  }

  @Override
  public String getScheme() {
    return "lastgood-ssh";
  }

  private SshPath mine(Path path) {
    if (path instanceof SshPath there && there.host() == host) {
      return (SshPath) there.toAbsolutePath();
    }
    throw new ProviderMismatchException(path + " is not a path of " + host.name());
  }

  /// Changes something there.
  private void done(SshPath about, String script) throws IOException {
    checked(about, host.ask(ENGLISH + script, PATIENCE));
  }

  /// Changes nothing there.
  private Shell.Answer seen(SshPath about, String script) throws IOException {
    return checked(about, host.look(ENGLISH + script, PATIENCE));
  }

  private static Shell.Answer checked(SshPath about, Shell.Answer answer) throws IOException {
    if (answer.code() != 0) {
      throw trouble(about, answer.err());
    }
    return answer;
  }

  static IOException trouble(SshPath about, String words) {
    String file = about.toString();
    String last = words.lines().reduce((_, b) -> b).orElse("");
    if (last.endsWith("No such file or directory")) {
      return new NoSuchFileException(file);
    }
    if (last.endsWith("Permission denied") || last.endsWith("Operation not permitted")) {
      return new AccessDeniedException(file);
    }
    if (last.endsWith("File exists")) {
      return new FileAlreadyExistsException(file);
    }
    if (last.endsWith("Not a directory")) {
      return new NotDirectoryException(file);
    }
    if (last.endsWith("Directory not empty")) {
      return new DirectoryNotEmptyException(file);
    }
    int colon = last.lastIndexOf(": ");
    return new FileSystemException(
        file,
        null,
        last.isEmpty() ? "the host says no" : colon < 0 ? last : last.substring(colon + 2));
  }

  RemoteAttributes attributes(Path path, boolean follow) throws IOException {
    SshPath file = mine(path);
    Optional<RemoteAttributes> known =
        host.seen().flatMap(s -> s.attributes(file.toString(), follow));
    if (known.isPresent()) {
      return known.get();
    }
    return RemoteAttributes.parse(
        seen(
                file,
                "stat "
                    + (follow ? "-L " : "")
                    + "-c "
                    + quoted(RemoteAttributes.FORMAT)
                    + " -- "
                    + quoted(file.toString()))
            .text());
  }

  private static boolean follow(List<?> options) {
    return !options.contains(LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return type.cast(attributes(path, follow(Arrays.asList(options))));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    RemoteAttributes seen = attributes(path, follow(Arrays.asList(options)));
    return switch (names) {
      case "unix:ctime", "ctime" -> Map.of("ctime", seen.changed());
      case "unix:mode", "mode" -> Map.of("mode", seen.mode());
      default -> throw new UnsupportedOperationException(names + " of a file of another host");
    };
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    var view = new RemoteView(this, mine(path), follow(Arrays.asList(options)));
    return type.isInstance(view) ? type.cast(view) : null;
  }

  /// Changes a file by one command, e.g. `chmod 600`.
  void change(SshPath file, String... command) throws IOException {
    done(file, quoted(List.of(command)) + " -- " + quoted(file.toString()));
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options) {
    throw new UnsupportedOperationException(name + " of a file of another host");
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    SshPath file = mine(path);
    if (seenToAllow(file, modes)) {
      return;
    }
    String name = quoted(file.toString());
    var script = new StringBuilder("stat -L -c '' -- " + name + " >/dev/null || exit 1");
    for (AccessMode mode : modes) {
      script
          .append("; [ -")
          .append(letter(mode))
          .append(" ")
          .append(name)
          .append(" ] || { echo Permission denied >&2; exit 1; }");
    }
    seen(file, script.toString());
  }

  private boolean seenToAllow(SshPath file, AccessMode... modes) {
    Optional<String> letters = host.seen().flatMap(s -> s.letters(file.toString()));
    return letters.isPresent()
        && Arrays.stream(modes).allMatch(mode -> letters.get().contains(letter(mode)));
  }

  private static String letter(AccessMode mode) {
    return switch (mode) {
      case READ -> "r";
      case WRITE -> "w";
      case EXECUTE -> "x";
    };
  }

  /// A part of a file; shorter than asked for at its end.
  byte[] part(SshPath path, long from, int most, boolean follow) throws IOException {
    SshPath file = mine(path);
    if (from == 0 && host.seen().isPresent()) {
      Optional<byte[]> known = host.seen().get().content(file.toString());
      if (known.isPresent()) {
        return known.get();
      }
    }
    String name = quoted(file.toString());
    String plain = follow ? "" : "[ ! -L " + name + " ] || { echo 'It is a link' >&2; exit 1; }; ";
    String read =
        from == 0
            ? "head -c " + most + " -- " + name
            : "tail -c +" + (from + 1) + " -- " + name + " | head -c " + most;
    // The end of a pipe hides that its start failed: so the file is opened once before.
    return seen(file, plain + "head -c 0 -- " + name + " && " + read).out();
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    for (OpenOption option : options) {
      if (option != StandardOpenOption.READ && option != LinkOption.NOFOLLOW_LINKS) {
        throw new UnsupportedOperationException(
            option + " on another host: files there are replaced whole, see AtomicFiles");
      }
    }
    var file = new RemoteFile(mine(path), !options.contains(LinkOption.NOFOLLOW_LINKS));
    // What is not there shall be said now, as for a file of this machine; the part is kept.
    file.read(ByteBuffer.allocate(0));
    return file;
  }

  /// Without asking for the size first, as the channel's own stream does: a small file is one way
  /// there and back.
  @Override
  public InputStream newInputStream(Path path, OpenOption... options) throws IOException {
    SeekableByteChannel file = newByteChannel(path, Set.of(options));
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int from, int most) throws IOException {
        return file.read(ByteBuffer.wrap(into, from, most));
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String name : names(mine(path))) {
      Path child = path.resolve(name);
      if (filter.accept(child)) {
        found.add(child);
      }
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return found.iterator();
      }

      @Override
      public void close() {}
    };
  }

  private List<String> names(SshPath folder) throws IOException {
    Optional<List<String>> known = host.seen().flatMap(s -> s.names(folder.toString()));
    if (known.isPresent()) {
      return known.get();
    }
    String name = quoted(folder.toString());
    Shell.Answer answer =
        seen(
            folder,
            "stat -L -c '' -- "
                + name
                + " >/dev/null || exit 1; [ -d "
                + name
                + " ] || { echo Not a directory >&2; exit 1; }; [ -r "
                + name
                + " ] && cd -- "
                + name
                + " 2>/dev/null || { echo Permission denied >&2; exit 1; }; "
                + "for f in * .[!.]* ..?*; do"
                + " if [ -e \"$f\" ] || [ -L \"$f\" ]; then printf '%s\\0' \"$f\"; fi; done");
    return Arrays.stream(answer.text().split("\0", -1)).filter(e -> !e.isEmpty()).toList();
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    SshPath folder = mine(path);
    String mode = "";
    for (FileAttribute<?> attribute : attributes) {
      if (!"posix:permissions".equals(attribute.name())) {
        throw new UnsupportedOperationException(attribute.name());
      }
      @SuppressWarnings("unchecked")
      var permissions = (Set<PosixFilePermission>) attribute.value();
      mode = "-m " + RemoteAttributes.octal(permissions) + " ";
    }
    done(folder, "mkdir " + mode + "-- " + quoted(folder.toString()));
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes)
      throws IOException {
    SshPath file = mine(link);
    done(file, "ln -sT -- " + quoted(target.toString()) + " " + quoted(file.toString()));
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    SshPath file = mine(link);
    done(file, "ln -T -- " + quoted(mine(existing).toString()) + " " + quoted(file.toString()));
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    SshPath file = mine(link);
    Optional<String> known = host.seen().flatMap(s -> s.link(file.toString()));
    if (known.isPresent()) {
      return new SshPath(host, Path.of(known.get()));
    }
    Shell.Answer answer =
        host.look(
            ENGLISH
                + "f="
                + quoted(file.toString())
                + "; stat -c '' -- \"$f\" >/dev/null || exit 1;"
                + " [ -L \"$f\" ] || exit 44; readlink -n -- \"$f\"",
            PATIENCE);
    if (answer.code() == 44) {
      throw new NotLinkException(file.toString());
    }
    if (answer.code() != 0) {
      throw trouble(file, answer.err());
    }
    return new SshPath(host, Path.of(answer.text()));
  }

  Path realPath(SshPath path, List<LinkOption> options) throws IOException {
    SshPath file = mine(path);
    Optional<String> known =
        follow(options) ? host.seen().flatMap(s -> s.real(file.toString())) : Optional.empty();
    if (known.isPresent()) {
      return new SshPath(host, Path.of(known.get()));
    }
    String answer =
        seen(
                file,
                "realpath -ez " + (follow(options) ? "" : "-s ") + "-- " + quoted(file.toString()))
            .text();
    return new SshPath(host, Path.of(answer.substring(0, answer.length() - 1)));
  }

  @Override
  public void delete(Path path) throws IOException {
    SshPath file = mine(path);
    String name = quoted(file.toString());
    done(
        file,
        "stat -c '' -- "
            + name
            + " >/dev/null || exit 1; if [ -d "
            + name
            + " ] && [ ! -L "
            + name
            + " ]; then rmdir -- "
            + name
            + "; else rm -f -- "
            + name
            + "; fi");
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    SshPath to = mine(target);
    List<CopyOption> chosen = Arrays.asList(options);
    done(
        to,
        absentUnless(chosen, to)
            + "cp "
            + (chosen.contains(StandardCopyOption.COPY_ATTRIBUTES) ? "-p " : "")
            + "-T -- "
            + quoted(mine(source).toString())
            + " "
            + quoted(to.toString()));
  }

  private static String absentUnless(List<CopyOption> options, SshPath to) {
    String name = quoted(to.toString());
    return options.contains(StandardCopyOption.REPLACE_EXISTING)
        ? ""
        : "if [ -e " + name + " ] || [ -L " + name + " ]; then echo File exists >&2; exit 1; fi; ";
  }

  /// `mv` copies between file systems, which is no rename: said before, not found out afterwards.
  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    SshPath from = mine(source);
    SshPath to = mine(target);
    List<CopyOption> chosen = Arrays.asList(options);
    boolean atomic = chosen.contains(StandardCopyOption.ATOMIC_MOVE);
    Path parent = to.words().getParent();
    String device =
        "d=$(stat -c %d -- "
            + quoted(from.toString())
            + ") && e=$(stat -L -c %d -- "
            + quoted(parent == null ? "/" : parent.toString())
            + ") || exit 1; [ \"$d\" = \"$e\" ] || exit 44; ";
    Shell.Answer answer =
        host.ask(
            ENGLISH
                + (atomic ? "" : absentUnless(chosen, to))
                + device
                + "mv -fT -- "
                + quoted(from.toString())
                + " "
                + quoted(to.toString()),
            PATIENCE);
    if (answer.code() == 44) {
      throw new AtomicMoveNotSupportedException(
          from.toString(), to.toString(), "they are on different file systems");
    }
    if (answer.code() != 0) {
      throw trouble(from, answer.err());
    }
  }

  @Override
  public boolean isSameFile(Path one, Path other) throws IOException {
    return one.equals(other) || attributes(one, true).key().equals(attributes(other, true).key());
  }

  @Override
  public boolean isHidden(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().startsWith(".");
  }

  @Override
  public FileStore getFileStore(Path path) {
    throw new UnsupportedOperationException("file stores of other hosts");
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException("hosts are opened by HostGroup");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException("hosts are opened by HostGroup");
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException("paths of other hosts have no URI");
  }
}
