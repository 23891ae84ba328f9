package dev.lastgood.config;

import dev.lastgood.config.Shape.Part;
import dev.lastgood.config.Yaml.Keys;
import dev.lastgood.provider.BadSettings;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Builds records; what their constructors refuse is a mistake in the file.
final class Records {
  private final Mistakes mistakes;

  Records(Mistakes mistakes) {
    this.mistakes = mistakes;
  }

  Optional<Object> build(
      Part part, List<Object> values, Keys keys, String path, Map<String, Place> places) {
    Place place = places.getOrDefault(path, keys.place());
    try {
      return Optional.of(constructor(part.type()).newInstance(values.toArray()));
    } catch (InvocationTargetException refused) {
      switch (refused.getCause()) {
        case BadSettings bad ->
            mistakes.add(
                places.getOrDefault(path + "." + bad.key(), place),
                String.valueOf(bad.getMessage()));
        case IllegalArgumentException bad -> mistakes.add(place, String.valueOf(bad.getMessage()));
        case null, default -> throw new IllegalStateException(part.type().getName(), refused);
      }
      return Optional.empty();
    } catch (ReflectiveOperationException ours) {
      throw new IllegalStateException(part.type().getName(), ours);
    }
  }

  private static Constructor<? extends Record> constructor(Class<? extends Record> type)
      throws NoSuchMethodException {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    Constructor<? extends Record> canonical = type.getDeclaredConstructor(types);
    canonical.setAccessible(true);
    return canonical;
  }
}
