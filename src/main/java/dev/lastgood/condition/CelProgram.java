package dev.lastgood.condition;

import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelAttribute;
import dev.cel.runtime.CelAttributePattern;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelUnknownSet;
import dev.cel.runtime.PartialVars;
import dev.lastgood.condition.Condition.Answer;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Evaluates a condition; what is missing stays missing unless the answer does not depend on it.
final class CelProgram implements CelCondition.Program {
  private final CelRuntime.Program program;

  CelProgram(CelRuntime.Program program) {
    this.program = program;
  }

  @Override
  public Answer test(Map<String, Object> known, Map<String, String> missing) {
    var values = new HashMap<String, Object>();
    known.forEach((name, value) -> values.put(name, celValue(value)));
    CelAttributePattern[] unknowns =
        missing.keySet().stream()
            .map(CelAttributePattern::create)
            .toArray(CelAttributePattern[]::new);
    try {
      return answer(program.eval(PartialVars.of(values, unknowns)), missing);
    } catch (CelEvaluationException failed) {
      return new Answer.Unknown(Set.of(), reason(failed));
    }
  }

  private static Answer answer(Object result, Map<String, String> missing) {
    if (result instanceof Boolean yes) {
      return yes ? new Answer.Yes() : new Answer.No();
    }
    if (result instanceof CelUnknownSet unknown) {
      Set<String> names = names(unknown);
      return new Answer.Unknown(
          names,
          names.stream()
              .map(name -> name + " " + missing.getOrDefault(name, "is not known"))
              .collect(Collectors.joining(", ")));
    }
    // `body.flag` alone: what it is shows only when it is there
    return new Answer.Unknown(
        Set.of(), "the result is neither yes nor no but `" + clip(result.toString()) + "`");
  }

  private static Set<String> names(CelUnknownSet unknown) {
    var names = new TreeSet<String>();
    for (CelAttribute attribute : unknown.attributes()) {
      names.add(attribute.qualifiers().getFirst().asString());
    }
    return names;
  }

  private static String reason(CelEvaluationException failed) {
    Throwable cause = failed;
    for (Throwable deeper = failed.getCause(); deeper != null; deeper = deeper.getCause()) {
      cause = deeper;
    }
    String message = String.valueOf(cause.getMessage());
    return clip(message.replaceFirst("^evaluation error[^:]*:\\d*:? ?", ""));
  }

  private static String clip(String text) {
    return dev.lastgood.model.Text.clip(text, 200);
  }

  /// JSON as Java has it, as CEL wants it.
  private static Object celValue(@Nullable Object value) {
    return switch (value) {
      case null -> NullValue.NULL_VALUE;
      case Integer number -> (long) number;
      case Short number -> (long) number;
      case Byte number -> (long) number;
      case BigInteger number when number.bitLength() < Long.SIZE -> number.longValue();
      case Long number -> number;
      case Number number -> number.doubleValue();
      case Map<?, ?> map -> {
        var converted = new HashMap<String, Object>();
        map.forEach((key, part) -> converted.put(String.valueOf(key), celValue(part)));
        yield converted;
      }
      case List<?> list -> {
        var converted = new ArrayList<Object>();
        list.forEach(part -> converted.add(celValue(part)));
        yield converted;
      }
      default -> value;
    };
  }
}
