package dev.lastgood.provider.local;

import dev.lastgood.model.Text;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Why a file could not be read or written, in words. Java's own message is often the bare path.
public final class Why {
  private Why() {}

  public static String of(IOException e) {
    return switch (e) {
      case NoSuchFileException f -> f.getFile() + " is not there";
      case AccessDeniedException f -> f.getFile() + " may not be accessed by this user";
      case NotDirectoryException f -> f.getFile() + " is no directory";
      case FileSystemException f when f.getReason() != null -> f.getFile() + ": " + f.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  /// Words of another program, safe to show on a terminal and in one line.
  public static String plain(String words, int max) {
    var line = new StringBuilder();
    words
        .strip()
        .codePoints()
        .map(c -> c == '\n' || c == '\t' ? ' ' : c)
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .forEach(line::appendCodePoint);
    return Text.clip(line.toString(), max);
  }
}
