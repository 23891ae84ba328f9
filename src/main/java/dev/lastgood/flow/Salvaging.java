package dev.lastgood.flow;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.salvage.Account;
import dev.lastgood.database.salvage.Mark;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.database.salvage.Reapply;
import dev.lastgood.database.salvage.Round;
import dev.lastgood.database.salvage.Salvage;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What users wrote since a good state, asked and carried over outside of a run.
public final class Salvaging {
  private static final int AT_ONCE = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);

  private Salvaging() {}

  /// @throws Refusal when a database cannot be asked
  public static Account account(Secret restored, Secret live, Policy policy, List<String> queries)
      throws Refusal, InterruptedException {
    try {
      return Account.of(new DatabaseUrl(restored), new DatabaseUrl(live), policy, AT_ONCE, queries);
    } catch (DatabaseTrouble e) {
      throw refusal(e);
    }
  }

  /// @param leftOut a folder that does not exist yet
  /// @throws Refusal when nothing was carried over
  public static Round carry(
      Secret restored, Secret live, Policy policy, Optional<Mark> since, Path leftOut)
      throws Refusal, InterruptedException {
    try {
      return new Salvage(new DatabaseUrl(restored), new DatabaseUrl(live), policy, AT_ONCE)
          .round(since, leftOut);
    } catch (DatabaseTrouble e) {
      throw refusal(e);
    }
  }

  /// @throws Refusal when nothing was changed
  public static Reapply.Result apply(Secret database, Path file) throws Refusal {
    try {
      return Reapply.apply(new DatabaseUrl(database), file);
    } catch (DatabaseTrouble e) {
      throw refusal(e);
    }
  }

  private static Refusal refusal(DatabaseTrouble e) {
    return new Refusal(Refusal.Turn.ENVIRONMENT, String.valueOf(e.getMessage()));
  }
}
