package dev.lastgood.provider;

import dev.lastgood.database.salvage.Account;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.model.Release;
import java.util.List;

/// A database that can account for what users wrote since a state it can go back to.
public interface Accounting {
  /// Compares the live database, which is only read, with a state of the inventory. What does not
  /// stand on the server yet is restored beside the live one, and left there for a rollback to use.
  ///
  /// @param queries a person's own, each with one row as its answer
  /// @throws PlatformUnreachable if it cannot be restored or asked, with the reason
  Account account(Release to, Policy policy, List<String> queries)
      throws PlatformUnreachable, InterruptedException;
}
