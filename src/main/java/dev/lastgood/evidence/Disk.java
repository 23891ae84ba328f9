package dev.lastgood.evidence;

import dev.lastgood.model.Text;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// What a failed write or read means, in words.
final class Disk {
  private Disk() {}

  static String words(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("No space left") || message.contains("Disk quota")) {
      return "the disk is full; make room in the state folder";
    }
    return switch (e) {
      case AccessDeniedException denied -> Text.plain(denied.getFile()) + " may not be written";
      case NoSuchFileException gone -> Text.plain(gone.getFile()) + " is not there";
      case FileSystemException broken -> Text.plain(String.valueOf(broken.getReason()));
      default -> Text.plain(message);
    };
  }
}
