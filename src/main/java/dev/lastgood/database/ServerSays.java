package dev.lastgood.database;

import java.lang.reflect.InvocationTargetException;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The parts of what a PostgreSQL server says that hold no values of rows. By names: the driver's
/// classes carry annotations that the compiler cannot read.
public final class ServerSays {
  private ServerSays() {}

  /// The first line, without detail and context, which quote rows.
  public static String message(SQLException e) {
    String message = part(e, "getMessage").orElse(String.valueOf(e.getMessage()));
    int line = message.indexOf('\n');
    return line < 0 ? message : message.substring(0, line);
  }

  /// The rule that was broken.
  public static Optional<String> constraint(SQLException e) {
    return part(e, "getConstraint");
  }

  public static Optional<String> column(SQLException e) {
    return part(e, "getColumn");
  }

  private static Optional<String> part(SQLException e, String getter) {
    try {
      @Nullable Object said = e.getClass().getMethod("getServerErrorMessage").invoke(e);
      return said == null
          ? Optional.empty()
          : Optional.ofNullable((String) said.getClass().getMethod(getter).invoke(said));
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException other) {
      return Optional.empty();
    }
  }
}
