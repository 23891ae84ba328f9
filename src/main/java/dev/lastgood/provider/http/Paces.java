package dev.lastgood.provider.http;

import dev.lastgood.model.Secret;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// One [Pace] for all components of a kind that ask the same API with the same token: platforms
/// count by token, not by component.
public final class Paces {
  private final Map<String, Pace> paces = new ConcurrentHashMap<>();

  /// @param fresh makes the pace when nobody has asked there yet
  public Pace of(URI base, Secret token, Supplier<Pace> fresh) {
    return paces.computeIfAbsent(base + " " + token.reference(), _ -> fresh.get());
  }
}
