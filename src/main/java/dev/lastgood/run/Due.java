package dev.lastgood.run;

import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.SqliteJdbcCustomization;
import java.util.Collection;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Which due runs the scheduler of a process picks: a command on a laptop drives the run it was
/// asked to drive and leaves those of other systems alone, for it has no hands for them.
final class Due {
  private Due() {}

  static JdbcCustomization only(boolean shared, Supplier<Collection<RunId>> runs) {
    return shared ? new OnPostgres(runs) : new OnSqlite(runs);
  }

  /// The names of runs hold nothing that SQL could take for its own; see [RunId].
  private static String among(Collection<RunId> runs) {
    return runs.isEmpty()
        ? " and 1 = 0 "
        : runs.stream()
            .map(r -> "'" + r.value() + "'")
            .collect(Collectors.joining(",", " and task_instance in (", ") "));
  }

  private static final class OnSqlite extends SqliteJdbcCustomization {
    private final Supplier<Collection<RunId>> runs;

    OnSqlite(Supplier<Collection<RunId>> runs) {
      this.runs = runs;
    }

    @Override
    public String createSelectDueQuery(
        String table, int limit, String andCondition, boolean orderByPriority) {
      return super.createSelectDueQuery(
          table, limit, andCondition + among(runs.get()), orderByPriority);
    }
  }

  private static final class OnPostgres extends PostgreSqlJdbcCustomization {
    private final Supplier<Collection<RunId>> runs;

    OnPostgres(Supplier<Collection<RunId>> runs) {
      super(false, false);
      this.runs = runs;
    }

    @Override
    public String createSelectDueQuery(
        String table, int limit, String andCondition, boolean orderByPriority) {
      return super.createSelectDueQuery(
          table, limit, andCondition + among(runs.get()), orderByPriority);
    }
  }
}
