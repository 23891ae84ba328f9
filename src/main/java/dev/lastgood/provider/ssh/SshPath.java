package dev.lastgood.provider.ssh;

import java.io.IOException;
import java.net.URI;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A path on another host. How paths are put together is the same there as here, so that is left to
/// a path of this machine, which is never looked up.
record SshPath(SshHost host, Path words) implements Path {
  private SshPath of(Path other) {
    return new SshPath(host, other);
  }

  private @Nullable SshPath orNull(@Nullable Path other) {
    return other == null ? null : of(other);
  }

  /// A path of a setting belongs to no host yet, and means this one.
  private static Path words(Path other) {
    return other instanceof SshPath there ? there.words() : other;
  }

  @Override
  public SshHost getFileSystem() {
    return host;
  }

  @Override
  public boolean isAbsolute() {
    return words.isAbsolute();
  }

  @Override
  public @Nullable Path getRoot() {
    return orNull(words.getRoot());
  }

  @Override
  public @Nullable Path getFileName() {
    return orNull(words.getFileName());
  }

  @Override
  public @Nullable Path getParent() {
    return orNull(words.getParent());
  }

  @Override
  public int getNameCount() {
    return words.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return of(words.getName(index));
  }

  @Override
  public Path subpath(int begin, int end) {
    return of(words.subpath(begin, end));
  }

  @Override
  public boolean startsWith(Path other) {
    return sameHost(other) && words.startsWith(words(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return sameHost(other) && words.endsWith(words(other));
  }

  private boolean sameHost(Path other) {
    return other instanceof SshPath there && there.host == host;
  }

  @Override
  public Path normalize() {
    return of(words.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return of(words.resolve(words(other)));
  }

  @Override
  public Path relativize(Path other) {
    return of(words.relativize(words(other)));
  }

  @Override
  public URI toUri() {
    throw new UnsupportedOperationException("paths of other hosts have no URI");
  }

  @Override
  public Path toAbsolutePath() {
    return isAbsolute() ? this : of(Path.of("/").resolve(words));
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return host.provider().realPath(this, Arrays.asList(options));
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException("files of other hosts cannot be watched");
  }

  @Override
  public int compareTo(Path other) {
    return words.compareTo(words(other));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SshPath there && there.host == host && there.words.equals(words);
  }

  @Override
  public int hashCode() {
    return Objects.hash(System.identityHashCode(host), words);
  }

  @Override
  public String toString() {
    return words.toString();
  }
}
