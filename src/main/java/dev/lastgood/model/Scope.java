package dev.lastgood.model;

/// One system in one environment: what a run, a lock and a ledger belong to.
public record Scope(String system, String environment) {
  public Scope {
    Text.require(system, "system");
    Text.require(environment, "environment");
  }

  @Override
  public String toString() {
    return system + "/" + environment;
  }
}
