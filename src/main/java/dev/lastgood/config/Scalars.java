package dev.lastgood.config;

import dev.lastgood.condition.Durations;
import dev.lastgood.config.Yaml.Scalar;
import dev.lastgood.model.Names;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Binds single values.
final class Scalars {
  private static final int LONGEST_DURATION = 40;

  private final Conditions conditions;
  private final Secrets secrets;
  private final Mistakes mistakes;

  Scalars(Conditions conditions, Secrets secrets, Mistakes mistakes) {
    this.conditions = conditions;
    this.secrets = secrets;
    this.mistakes = mistakes;
  }

  Optional<Object> bind(Shape shape, Yaml node, String path) {
    if (!(node instanceof Scalar scalar)) {
      mistakes.add(node.place(), "expected " + shape.words() + ", found " + node.shown());
      return Optional.empty();
    }
    return switch (shape) {
      case Shape.Words _ -> words(scalar);
      case Shape.FilePath _ -> words(scalar).flatMap(_ -> path(shape, scalar));
      case Shape.Whole whole -> whole(whole, scalar);
      case Shape.Fraction _ -> fraction(shape, scalar);
      case Shape.YesNo _ -> yesNo(shape, scalar);
      case Shape.Lasting _ -> duration(shape, scalar);
      case Shape.Choice choice -> choice(choice, scalar);
      case Shape.Hidden(boolean mayBePlain) ->
          secrets.read(scalar, mayBePlain, path).map(secret -> secret);
      case Shape.Cel(boolean overHttp) -> conditions.compile(scalar, overHttp).map(c -> c);
      case Shape.Part _, Shape.Variant _, Shape.Many _, Shape.Named _, Shape.Component _ ->
          throw new IllegalStateException(shape + " is no single value");
    };
  }

  private Optional<Object> words(Scalar scalar) {
    if (Secrets.looksLikeReference(scalar.text())) {
      mistakes.add(
          scalar.place(),
          "a reference is read only where a secret belongs; here "
              + scalar.shown()
              + " would be taken literally");
      return Optional.empty();
    }
    return Optional.of(scalar.text());
  }

  private Optional<Object> path(Shape shape, Scalar scalar) {
    try {
      return scalar.text().isBlank() ? wrong(shape, scalar) : Optional.of(Path.of(scalar.text()));
    } catch (InvalidPathException _) {
      return wrong(shape, scalar);
    }
  }

  private Optional<Object> whole(Shape.Whole whole, Scalar scalar) {
    if (!scalar.plain()) {
      return wrong(whole, scalar);
    }
    try {
      return Optional.of(
          whole.wide()
              ? (Object) Long.valueOf(scalar.text())
              : (Object) Integer.valueOf(scalar.text()));
    } catch (NumberFormatException _) {
      return wrong(whole, scalar);
    }
  }

  private Optional<Object> fraction(Shape shape, Scalar scalar) {
    String text = scalar.text().strip();
    boolean percent = text.endsWith("%");
    try {
      var number = new BigDecimal(percent ? text.substring(0, text.length() - 1) : text);
      return Optional.of((percent ? number.movePointLeft(2) : number).doubleValue());
    } catch (NumberFormatException _) {
      return wrong(shape, scalar);
    }
  }

  private Optional<Object> yesNo(Shape shape, Scalar scalar) {
    return switch (scalar.plain() ? scalar.text() : "") {
      case "yes", "true" -> Optional.of(true);
      case "no", "false" -> Optional.of(false);
      default -> wrong(shape, scalar);
    };
  }

  private Optional<Object> duration(Shape shape, Scalar scalar) {
    String text = scalar.text();
    Optional<Duration> duration =
        text.length() > LONGEST_DURATION ? Optional.empty() : Durations.parse(text);
    if (duration.isEmpty() && !text.isEmpty() && text.chars().allMatch(Character::isDigit)) {
      mistakes.add(
          scalar.place(),
          "expected " + shape.words() + "; " + scalar.shown() + " has no unit (ms, s, m, h, d)");
      return Optional.empty();
    }
    return duration.isPresent() ? duration.map(d -> d) : wrong(shape, scalar);
  }

  private Optional<Object> choice(Shape.Choice choice, Scalar scalar) {
    int index = choice.options().indexOf(scalar.text());
    if (index < 0) {
      mistakes.add(
          scalar.place(),
          "unknown word " + scalar.shown() + Names.hint(scalar.text(), choice.options()));
      return Optional.empty();
    }
    return Optional.of(choice.type().getEnumConstants()[index]);
  }

  private Optional<Object> wrong(Shape shape, Scalar scalar) {
    mistakes.add(scalar.place(), "expected " + shape.words() + ", found " + scalar.shown());
    return Optional.empty();
  }
}
