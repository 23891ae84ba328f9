package dev.lastgood.database.salvage;

import dev.lastgood.database.Catalog;
import dev.lastgood.database.CatalogReader;
import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.SchemaDiff;
import dev.lastgood.database.SchemaVerdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// What a person must know before they approve going back to a restored state: what users wrote
/// since, what of it would fit, what would be lost, and whether the restored state can be trusted.
///
/// @param verdict whether old code could run on the live schema as it is
/// @param changes everything the migrations did to the schema
/// @param rows what users wrote; `applied` is what would fit, `leftOut` what would not. If nothing
///   were carried over, all of it would be lost
public record Account(
    String verdict, List<String> reasons, List<String> changes, Round rows, Checks checks) {
  public Account {
    reasons = List.copyOf(reasons);
    changes = List.copyOf(changes);
  }

  /// Writes nothing that stays: whether rows fit is found out in the restored database, in a
  /// transaction that is taken back. The live database is only read.
  ///
  /// @param queries a person's own, each with one row as its answer
  /// @throws DatabaseTrouble when a side cannot be asked
  public static Account of(
      DatabaseUrl restored, DatabaseUrl live, Policy policy, int parallel, List<String> queries)
      throws DatabaseTrouble, InterruptedException {
    return of(restored, live, policy, parallel, queries, Optional.empty());
  }

  /// @param departure what was noted when the restored state was that of the live database; then
  ///   not everything need be compared
  /// @throws DatabaseTrouble when a side cannot be asked
  public static Account of(
      DatabaseUrl restored,
      DatabaseUrl live,
      Policy policy,
      int parallel,
      List<String> queries,
      Optional<Departure> departure)
      throws DatabaseTrouble, InterruptedException {
    SchemaDiff diff;
    try (Connection here = restored.reader();
        Connection there = live.reader()) {
      Catalog now = CatalogReader.read(there);
      var renamed = new HashMap<String, String>();
      departure.ifPresent(d -> renamed.putAll(d.renamed(now)));
      renamed.putAll(policy.renamed());
      diff = SchemaDiff.of(CatalogReader.read(here), now, renamed);
    } catch (SQLException e) {
      throw DatabaseTrouble.of("the schemas of " + restored + " and " + live, e);
    }
    SchemaVerdict verdict = SchemaVerdict.of(diff);
    var salvage = new Salvage(restored, live, policy, parallel);
    Round rows = departure.map(salvage::since).orElse(salvage).rehearse(Optional.empty());
    return new Account(
        verdict.word(),
        verdict.reasons(),
        SchemaVerdict.words(diff),
        rows,
        Checks.of(restored, live, queries));
  }
}
