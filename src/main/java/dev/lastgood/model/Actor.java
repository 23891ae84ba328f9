package dev.lastgood.model;

/// Who does or says something, and how we know.
///
/// @param name the person, as the policy names them
/// @param account where the name comes from: the operating system account and host, e.g. `ada@web1`
public record Actor(String name, String account) {
  public Actor {
    Text.require(name, "person");
  }

  @Override
  public String toString() {
    return name;
  }
}
