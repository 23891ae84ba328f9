package dev.lastgood.config;

import dev.lastgood.config.Shape.KeyShape;
import dev.lastgood.config.Shape.Part;
import dev.lastgood.config.Yaml.Items;
import dev.lastgood.config.Yaml.Keys;
import dev.lastgood.config.Yaml.Nothing;
import dev.lastgood.config.Yaml.Pair;
import dev.lastgood.config.Yaml.Scalar;
import dev.lastgood.model.Names;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Binds the tree to records, following their shapes. What is wrong is told and left out; the rest
/// is bound, so that one look finds every mistake.
final class Binder {
  private final Mistakes mistakes;
  private final Scalars scalars;
  private final Records records;
  private final Components components;
  private final SortedMap<String, Place> places = new TreeMap<>();
  private final SortedMap<String, Place> values = new TreeMap<>();

  Binder(Shapes shapes, Conditions conditions, Secrets secrets, Mistakes mistakes) {
    this.mistakes = mistakes;
    this.scalars = new Scalars(conditions, secrets, mistakes);
    this.records = new Records(mistakes);
    this.components = new Components(this, shapes, mistakes);
  }

  /// Where each key and each element of a list is, by its path.
  SortedMap<String, Place> places() {
    return places;
  }

  /// Where the value of each key is.
  SortedMap<String, Place> values() {
    return values;
  }

  /// Empty when it, or something that it cannot be without, is wrong.
  Optional<Object> bind(Shape shape, Yaml node, String path) {
    values.put(path, node.place());
    return switch (shape) {
      case Part part -> part(part, node, path);
      case Shape.Variant variant -> variant(variant, node, path);
      case Shape.Many many -> many(many, node, path);
      case Shape.Named named -> named(named, node, path);
      case Shape.Component component -> components.bind(component, node, path);
      case Shape.Words _,
          Shape.Whole _,
          Shape.Fraction _,
          Shape.YesNo _,
          Shape.Lasting _,
          Shape.FilePath _,
          Shape.Hidden _,
          Shape.Cel _,
          Shape.Choice _ ->
          scalars.bind(shape, node, path);
    };
  }

  private Optional<Object> part(Part part, Yaml node, String path) {
    return keys(part, part.shorthand(), node).flatMap(keys -> record(part, keys, path));
  }

  /// The mapping itself, or the one a shorthand stands for.
  private Optional<Keys> keys(Shape shape, Optional<String> shorthand, Yaml node) {
    if (node instanceof Keys keys) {
      return Optional.of(keys);
    }
    if (node instanceof Scalar scalar && shorthand.isPresent()) {
      var key = new Scalar(node.place(), shorthand.get(), true, Optional.empty());
      return Optional.of(new Keys(node.place(), List.of(new Pair(key, scalar))));
    }
    mistakes.add(node.place(), "expected " + shape.words() + ", found " + node.shown());
    return Optional.empty();
  }

  /// Binds the keys of a mapping to a record; keys that the record does not have are mistakes.
  Optional<Object> record(Part part, Keys keys, String path) {
    for (Pair entry : keys.entries()) {
      if (!part.names().contains(entry.key().text())) {
        mistakes.add(entry.key().place(), unknownKey(entry.key().text(), part.names()));
      }
    }
    var values = new ArrayList<Optional<Object>>();
    for (KeyShape key : part.keys()) {
      values.add(value(key, keys, path));
    }
    if (values.contains(Optional.empty())) {
      return Optional.empty();
    }
    return records.build(
        part, values.stream().map(Optional::orElseThrow).toList(), keys, path, places);
  }

  static String unknownKey(String key, List<String> known) {
    return "unknown key `" + key + "`" + Names.hint(key, known);
  }

  /// What the record is given for one key; empty when it cannot be built without it.
  private Optional<Object> value(KeyShape key, Keys keys, String path) {
    String at = path.isEmpty() ? key.name() : path + "." + key.name();
    keys.entry(key.name()).ifPresent(entry -> places.put(at, entry.key().place()));
    Optional<Yaml> node = keys.value(key.name()).filter(value -> !saysAbsent(key, value));
    if (node.isEmpty() && key.required()) {
      missing(key, keys, path);
    }
    Optional<Object> bound = node.isEmpty() ? Optional.empty() : bind(key.shape(), node.get(), at);
    return switch (key.presence()) {
      case REQUIRED -> bound;
      case OPTIONAL -> Optional.of(bound);
      case EMPTY -> bound.or(() -> Optional.of(nothingOf(key.shape())));
      case NOT_EMPTY -> notEmpty(key, keys, bound);
    };
  }

  private static boolean saysAbsent(KeyShape key, Yaml value) {
    return value instanceof Scalar scalar
        && key.absent().isPresent()
        && key.absent().get().equals(scalar.text());
  }

  private void missing(KeyShape key, Keys keys, String path) {
    boolean there = keys.entry(key.name()).isPresent();
    Place place =
        keys.entry(key.name())
            .map(entry -> entry.key().place())
            .or(() -> Optional.ofNullable(places.get(path)))
            .orElse(keys.place());
    mistakes.add(
        place,
        "`"
            + key.name()
            + (there ? "` has no value" : "` is missing")
            + "; expected "
            + key.shape().words()
            + (key.doc().isEmpty() ? "" : ": " + key.doc()));
  }

  /// Complaints about its elements were made already; then its emptiness is no news.
  private Optional<Object> notEmpty(KeyShape key, Keys keys, Optional<Object> bound) {
    Object value = bound.orElse(nothingOf(key.shape()));
    boolean empty = value.equals(List.of()) || value.equals(Map.of());
    boolean written =
        keys.value(key.name())
            .filter(node ->
                node instanceof Items(_, var all)
                    ? all.isEmpty()
                    : node instanceof Keys(_, var entries) && entries.isEmpty())
            .isPresent();
    if (empty && written) {
      missing(key, keys, "");
    }
    return Optional.of(value);
  }

  private static Object nothingOf(Shape shape) {
    return switch (shape) {
      case Shape.Named named -> named.sorted() ? Collections.emptySortedMap() : Map.of();
      case Shape.Many many -> many.set() ? java.util.Set.of() : List.of();
      default -> throw new IllegalStateException(shape + " cannot be empty");
    };
  }

  private Optional<Object> variant(Shape.Variant variant, Yaml node, String path) {
    return keys(variant, variant.shorthand(), node)
        .flatMap(
            keys -> variant.byKey() ? byKey(variant, keys, path) : byKind(variant, keys, path));
  }

  private Optional<Object> byKey(Shape.Variant variant, Keys keys, String path) {
    List<Shape.Case> there =
        variant.cases().stream().filter(c -> keys.value(c.mark()).isPresent()).toList();
    if (there.size() == 1) {
      return record(there.getFirst().part(), keys, path);
    }
    String marks =
        String.join(", ", variant.cases().stream().map(c -> "`" + c.mark() + "`").toList());
    Place place = places.getOrDefault(path, keys.place());
    if (there.isEmpty()) {
      var known = new HashSet<String>();
      variant.cases().forEach(c -> known.addAll(c.part().names()));
      keys.entries().stream()
          .filter(entry -> !known.contains(entry.key().text()))
          .forEach(entry ->
              mistakes.add(
                  entry.key().place(), unknownKey(entry.key().text(), List.copyOf(known))));
      mistakes.add(place, "one of " + marks + " is missing");
    } else {
      mistakes.add(place, "only one of " + marks + " can be here");
    }
    return Optional.empty();
  }

  private Optional<Object> byKind(Shape.Variant variant, Keys keys, String path) {
    List<String> words = variant.cases().stream().map(Shape.Case::mark).toList();
    Optional<Yaml> kind = keys.value("kind");
    if (kind.isEmpty()) {
      mistakes.add(
          places.getOrDefault(path, keys.place()),
          "`kind` is missing; expected one of " + String.join(", ", words));
      return Optional.empty();
    }
    Optional<Shape.Case> chosen =
        variant.cases().stream()
            .filter(c -> kind.get() instanceof Scalar scalar && scalar.text().equals(c.mark()))
            .findFirst();
    if (chosen.isEmpty()) {
      String found = kind.get() instanceof Scalar scalar ? scalar.text() : "";
      mistakes.add(
          kind.get().place(), "unknown kind " + kind.get().shown() + Names.hint(found, words));
      return Optional.empty();
    }
    return record(chosen.get().part(), without(keys, List.of("kind")), path);
  }

  static Keys without(Keys keys, List<String> names) {
    return new Keys(
        keys.place(),
        keys.entries().stream().filter(entry -> !names.contains(entry.key().text())).toList());
  }

  private Optional<Object> many(Shape.Many many, Yaml node, String path) {
    if (!(node instanceof Items(_, var all))) {
      mistakes.add(
          node.place(),
          "expected a list, found "
              + node.shown()
              + (node instanceof Scalar scalar ? "; write `[" + scalar.text() + "]`" : ""));
      return Optional.empty();
    }
    var bound = new ArrayList<Object>();
    for (int i = 0; i < all.size(); i++) {
      Yaml element = all.get(i);
      String at = path + "[" + i + "]";
      places.put(at, element.place());
      Optional<Object> value = bind(many.element(), element, at);
      if (many.set() && value.isPresent() && bound.contains(value.get())) {
        mistakes.add(element.place(), element.shown() + " is in the list twice");
      }
      value.ifPresent(bound::add);
    }
    return Optional.of(
        many.set() ? Collections.unmodifiableSet(new LinkedHashSet<>(bound)) : List.copyOf(bound));
  }

  private Optional<Object> named(Shape.Named named, Yaml node, String path) {
    Yaml mapping =
        named.listed().isPresent() && node instanceof Items items
            ? spread(items, named.listed().get())
            : node;
    if (!(mapping instanceof Keys keys)) {
      mistakes.add(node.place(), "expected " + named.words() + ", found " + node.shown());
      return Optional.empty();
    }
    var bound = new LinkedHashMap<String, Object>();
    for (Pair entry : keys.entries()) {
      String name = entry.key().text();
      String at = path + "." + name;
      places.put(at, entry.key().place());
      if (!named.rule().allows(name)) {
        mistakes.add(
            entry.key().place(),
            "`" + name + "` cannot be a name here; use " + named.rule().words());
      }
      Yaml value =
          entry.value() instanceof Nothing(Place place) && named.value() instanceof Part
              ? new Keys(place, List.of())
              : entry.value();
      bind(named.value(), value, at).ifPresent(element -> bound.put(name, element));
    }
    return Optional.of(
        named.sorted()
            ? Collections.unmodifiableSortedMap(new TreeMap<>(bound))
            : Collections.unmodifiableMap(bound));
  }

  /// `[a, b]` as `{a: yes, b: yes}`.
  private Keys spread(Items items, String value) {
    var entries = new ArrayList<Pair>();
    for (Yaml item : items.all()) {
      if (item instanceof Scalar name) {
        entries.add(new Pair(name, new Scalar(name.place(), value, true, Optional.empty())));
      } else {
        mistakes.add(item.place(), "expected a name, found " + item.shown());
      }
    }
    return new Keys(items.place(), entries);
  }
}
