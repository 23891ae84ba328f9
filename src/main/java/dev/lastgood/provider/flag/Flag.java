package dev.lastgood.provider.flag;

import dev.lastgood.model.Names;
import dev.lastgood.provider.PlatformUnreachable;
import java.util.List;
import java.util.Optional;

/// A flag as it was just read.
///
/// @param now how it stands; empty when that is none of the states one could come back to, which a
///   note then explains
/// @param others the states it could be turned to, best known first
/// @param notes what a person should know
public record Flag(Optional<FlagState> now, List<FlagState> others, List<String> notes) {
  public Flag {
    others = List.copyOf(others);
    notes = List.copyOf(notes);
  }

  public Optional<FlagState> find(String id) {
    return now.filter(s -> s.id().equals(id))
        .or(() -> others.stream().filter(s -> s.id().equals(id)).findFirst());
  }

  /// @throws PlatformUnreachable if it has no such state; names those it has
  public FlagState state(String component, String id) throws PlatformUnreachable {
    Optional<FlagState> found = find(id);
    if (found.isEmpty()) {
      throw new PlatformUnreachable(
          component + ": the flag has no state `" + id + "`" + Names.hint(id, ids()));
    }
    return found.get();
  }

  String standing() {
    return now.map(FlagState::id).orElse("in a state of its own");
  }

  private List<String> ids() {
    return java.util.stream.Stream.concat(now.stream(), others.stream())
        .map(FlagState::id)
        .toList();
  }
}
