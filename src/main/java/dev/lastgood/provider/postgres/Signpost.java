package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The file that tells clients which server the database is on. It can be pointed elsewhere in one
/// step; that they have looked at it is another matter.
interface Signpost {
  /// Larger than any such file.
  int LARGEST = 1 << 20;

  Path file();

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
