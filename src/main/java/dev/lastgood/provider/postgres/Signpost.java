package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Address;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// The file that tells clients which server the database is on. It can be pointed elsewhere in one
/// step; that they have looked at it is another matter.
interface Signpost {
  /// Larger than any such file.
  int LARGEST = 1 << 20;

  Path file();

  /// Each byte of the file as one character: those that are no UTF-8 stay as they are.
  static String read(Path file) throws IOException {
    return new String(AtomicFiles.bytes(file, LARGEST), StandardCharsets.ISO_8859_1);
  }

  /// @param text as from [#read]
  static void write(Path file, String text) throws IOException {
    AtomicFiles.sweep(AtomicFiles.replaced(file)); // what a dead process left may hold passwords
    AtomicFiles.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// A name as it stands in what [#read] returns.
  static String spelled(String name) {
    return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /// The same the other way, for people.
  static String shown(String spelled) {
    return new String(spelled.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /// Why it surely cannot be replaced, as far as that can be seen without trying; empty: it may.
  default Optional<String> unchangeable() {
    try {
      Path folder = AtomicFiles.replaced(file()).getParent();
      return folder != null && Files.isWritable(folder)
          ? Optional.empty()
          : Optional.of(file() + " cannot be replaced: " + folder + " cannot be written");
    } catch (IOException e) {
      return Optional.of(
          file() + " cannot be replaced: what it points at is not to be found, " + Why.of(e));
    }
  }

  /// Replaces the file by one that is alike, as [#point] would.
  ///
  /// @throws IOException when it cannot be replaced
  default void tried() throws IOException {
    write(file(), read(file()));
  }

  /// Where it leads now.
  ///
  /// @throws IOException when it cannot be read, or does not lead to one server
  Address leads() throws IOException;

  /// Makes it lead elsewhere, in one step; nothing else in it changes.
  ///
  /// @throws IOException when it could not be done; it leads where it led
  void point(Address to) throws IOException;

  /// Makes clients look.
  ///
  /// @throws PlatformUnreachable when that is not sure
  void tell() throws PlatformUnreachable;

  /// What of the clients' side does not lead there yet, as far as it can be asked; empty: nothing.
  ///
  /// @throws PlatformUnreachable when it cannot be asked
  Optional<String> behind(Address to) throws PlatformUnreachable;

  /// For the plan: who is led, and how he is told.
  String inWords();
}
