package dev.lastgood.provider;

import dev.lastgood.model.Release;
import java.util.List;

/// Can take single parts of a component back and leave the rest as it is: tables of a database.
public interface Piecemeal {
  /// How the parts get to a release. Changes nothing.
  ///
  /// @param from what is live
  /// @param to what the parts shall be
  /// @param parts as a person names them; at least one
  /// @throws NoSuchPart when the release has no such part
  /// @throws PlatformUnreachable if it cannot be done, with the reason
  Piece piece(Release from, Release to, List<String> parts) throws PlatformUnreachable, NoSuchPart;

  /// @param to what the component will be: neither of the two
  /// @param wayBack to what is live now
  record Piece(Release to, Method method, Method wayBack) {}

  /// Nobody has heard of it.
  final class NoSuchPart extends Exception {
    private static final long serialVersionUID = 1L;

    public NoSuchPart(String message) {
      super(message);
    }
  }
}
