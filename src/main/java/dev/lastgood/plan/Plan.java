package dev.lastgood.plan;

import dev.lastgood.model.Text;
import java.util.List;

/// Ordered steps that take a system from where it is to a target constellation. Holds no time of
/// making and no random id, so the same facts give the same plan and the same [PlanJson#hash].
///
/// @param schema major version of this form; a run keeps the plan it began with
/// @param purpose `rollback` or `undo`
/// @param reason why, in the words of the decision or the person
/// @param target what the target constellation is: "known good since 2026-11-20T10:00:00Z"
/// @param warnings what the approver must know: "this combination never ran together"
/// @param undo the way back to where it started, as steps; empty in an undo plan
public record Plan(
    int schema,
    String system,
    String environment,
    String purpose,
    String reason,
    List<Change> changes,
    String target,
    List<Step> steps,
    Forecast forecast,
    List<String> warnings,
    List<Step> undo) {
  public static final int SCHEMA = 1;

  public Plan {
    Text.require(system, "system");
    changes = List.copyOf(changes);
    steps = List.copyOf(steps);
    warnings = List.copyOf(warnings);
    undo = List.copyOf(undo);
  }

  /// @throws IllegalArgumentException if there is none
  public Step step(String id) {
    return steps.stream()
        .filter(s -> s.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the plan has no step " + id));
  }
}
