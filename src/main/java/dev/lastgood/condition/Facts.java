package dev.lastgood.condition;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is known: values by name. A name that is not here is unknown, which is not the same as
/// false or zero.
public record Facts(SortedMap<String, Value> values) {
  public static final Facts NONE = new Facts(new TreeMap<>());

  public Facts {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  public Optional<Value> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  public Facts with(String name, Value value) {
    var next = new TreeMap<>(values);
    next.put(name, value);
    return new Facts(next);
  }

  public Facts and(Facts other) {
    var next = new TreeMap<>(values);
    next.putAll(other.values);
    return new Facts(next);
  }

  public static Facts of(Map<String, Value> values) {
    return new Facts(new TreeMap<>(values));
  }

  /// One value.
  public sealed interface Value {
    /// As a person would write it.
    String shown();

    record YesNo(boolean yes) implements Value {
      @Override
      public String shown() {
        return yes ? "yes" : "no";
      }
    }

    /// @param fraction 0 to 1
    record Share(double fraction) implements Value {
      @Override
      public String shown() {
        return java.math.BigDecimal.valueOf(fraction)
                .movePointRight(2)
                .stripTrailingZeros()
                .toPlainString()
            + "%";
      }
    }

    record Amount(double number) implements Value {
      @Override
      public String shown() {
        return java.math.BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
      }
    }

    record Words(String text) implements Value {
      @Override
      public String shown() {
        return text;
      }
    }

    record Lasting(Duration duration) implements Value {
      @Override
      public String shown() {
        return Durations.shown(duration);
      }
    }
  }
}
