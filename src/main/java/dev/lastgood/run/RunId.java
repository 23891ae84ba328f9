package dev.lastgood.run;

import dev.lastgood.model.Text;

/// Name of a run: short, sortable by time, easy to type and to say: `20261121-0312-k7`.
public record RunId(String value) {
  public RunId {
    Text.require(value, "run id");
  }

  @Override
  public String toString() {
    return value;
  }
}
