package dev.lastgood.provider.local;

import java.io.IOException;
import java.lang.ScopedValue.CallableOp;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/// The machine Lastgood runs on.
final class ThisMachine implements Host {
  static final Host HERE = new ThisMachine();

  private ThisMachine() {}

  @Override
  public String name() {
    return "here";
  }

  @Override
  public boolean elsewhere() {
    return false;
  }

  @Override
  public Path path(String absolute) {
    return Path.of(absolute);
  }

  @Override
  public Argv.End run(Argv command) {
    return command.run();
  }

  @Override
  public Argv.End runInto(Argv command, LogFile log) {
    return command.runInto(log);
  }

  /// Each question is cheap here.
  @Override
  public <T, X extends Throwable> T glance(Glance at, CallableOp<T, X> look) throws X {
    return look.call();
  }

  @Override
  public void link(Path link, Path target) throws IOException {
    AtomicFiles.linkHere(link, target);
  }

  @Override
  public void write(Path file, byte[] content) throws IOException {
    AtomicFiles.writeHere(file, content);
  }

  @Override
  public void sync(Path directory) throws IOException {
    AtomicFiles.syncHere(directory);
  }

  @Override
  public void removeTree(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            if (!Files.isWritable(dir) || !Files.isExecutable(dir)) {
              Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException trouble)
              throws IOException {
            if (trouble != null) {
              throw trouble;
            }
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
