package dev.lastgood.config;

import dev.lastgood.condition.Condition;
import dev.lastgood.config.Shape.Case;
import dev.lastgood.config.Shape.KeyShape;
import dev.lastgood.config.Shape.NameRule;
import dev.lastgood.config.Shape.Part;
import dev.lastgood.config.Shape.Presence;
import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformKind;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Function;

/// Reads shapes from records: the names and types of their parts, and [Doc]. The only reflection on
/// types there is.
final class Shapes {
  private final List<PlatformKind<?>> kinds;

  Shapes(List<PlatformKind<?>> kinds) {
    this.kinds = kinds.stream().sorted(Comparator.comparing(PlatformKind::name)).toList();
  }

  Part part(Class<? extends Record> type) {
    var keys = new Once<>(() -> Arrays.stream(type.getRecordComponents()).map(this::key).toList());
    return new Part(type, doc(type), keys, text(type, Written::shorthand));
  }

  private KeyShape key(RecordComponent component) {
    Type type = component.getGenericType();
    Class<?> raw = raw(type);
    Presence presence = Presence.REQUIRED;
    if (raw == Optional.class) {
      type = argument(type, 0);
      presence = Presence.OPTIONAL;
    } else if (java.util.Collection.class.isAssignableFrom(raw)
        || Map.class.isAssignableFrom(raw)) {
      presence =
          written(component).map(Written::notEmpty).orElse(false)
              ? Presence.NOT_EMPTY
              : Presence.EMPTY;
    }
    Optional<String> absent = text(component, Written::orAbsent);
    String name = text(component, Written::as).orElseGet(() -> kebab(component.getName()));
    return new KeyShape(name, doc(component), shape(type, component), presence, absent);
  }

  private Shape shape(Type type, AnnotatedElement at) {
    Class<?> raw = raw(type);
    if (raw == String.class) {
      return new Shape.Words();
    }
    if (raw == int.class || raw == Integer.class || raw == long.class || raw == Long.class) {
      return new Shape.Whole(raw == long.class || raw == Long.class);
    }
    if (raw == double.class || raw == Double.class) {
      return new Shape.Fraction();
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return new Shape.YesNo();
    }
    if (raw == Duration.class) {
      return new Shape.Lasting();
    }
    if (raw == Path.class) {
      return new Shape.FilePath();
    }
    if (raw == Secret.class) {
      return new Shape.Hidden(written(at).map(Written::mayBePlain).orElse(false));
    }
    if (raw == Condition.class) {
      return new Shape.Cel(written(at).map(Written::overHttp).orElse(false));
    }
    return compound(type, raw, at);
  }

  private Shape compound(Type type, Class<?> raw, AnnotatedElement at) {
    if (raw == List.class || raw == Set.class) {
      return new Shape.Many(shape(argument(type, 0), at), raw == Set.class);
    }
    if (raw == Map.class || raw == SortedMap.class) {
      return named(type, raw, at);
    }
    if (raw == ComponentConfig.class) {
      return new Shape.Component(kinds);
    }
    if (raw.isEnum()) {
      List<String> words =
          Arrays.stream(raw.getEnumConstants())
              .map(word -> kebab(((Enum<?>) word).name()))
              .toList();
      return new Shape.Choice(raw, words);
    }
    if (raw.isRecord()) {
      return part(raw.asSubclass(Record.class));
    }
    if (raw.isSealed()) {
      return variant(raw);
    }
    throw new IllegalStateException(
        type.getTypeName() + " cannot be part of the configuration; see " + getClass().getName());
  }

  private Shape named(Type type, Class<?> raw, AnnotatedElement at) {
    return new Shape.Named(
        written(at).map(Written::names).orElse(NameRule.ANY),
        shape(argument(type, 1), at),
        text(at, Written::orListed),
        raw == SortedMap.class);
  }

  private Shape variant(Class<?> sealed) {
    boolean byKey = written(sealed).map(Written::byKey).orElse(false);
    var cases =
        new Once<>(() ->
            Arrays.stream(sealed.getPermittedSubclasses())
                .map(type -> part(type.asSubclass(Record.class)))
                .map(part -> new Case(byKey ? part.names().getFirst() : word(part, sealed), part))
                .toList());
    return new Shape.Variant(sealed, byKey, cases, text(sealed, Written::shorthand));
  }

  /// `NginxProxySettings` of `ProxySettings` is `nginx`.
  private static String word(Part part, Class<?> sealed) {
    String name = part.type().getSimpleName();
    String general = sealed.getSimpleName();
    boolean says = name.endsWith(general) && name.length() > general.length();
    return kebab(says ? name.substring(0, name.length() - general.length()) : name);
  }

  private static Optional<Written> written(AnnotatedElement element) {
    return Optional.ofNullable(element.getAnnotation(Written.class));
  }

  private static Optional<String> text(AnnotatedElement element, Function<Written, String> part) {
    return written(element).map(part).filter(text -> !text.isEmpty());
  }

  private static String doc(AnnotatedElement element) {
    Doc doc = element.getAnnotation(Doc.class);
    return doc == null ? "" : doc.value();
  }

  private static Class<?> raw(Type type) {
    return (Class<?>) (type instanceof ParameterizedType generic ? generic.getRawType() : type);
  }

  private static Type argument(Type type, int n) {
    return ((ParameterizedType) type).getActualTypeArguments()[n];
  }

  /// `readBack`, `ROLL_BACK` and `FileProxy` become `read-back`, `roll-back` and `file-proxy`.
  static String kebab(String name) {
    if (name.equals(name.toUpperCase(Locale.ROOT))) {
      return name.toLowerCase(Locale.ROOT).replace('_', '-');
    }
    var out = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c) && i > 0) {
        out.append('-');
      }
      out.append(Character.toLowerCase(c));
    }
    return out.toString();
  }
}
