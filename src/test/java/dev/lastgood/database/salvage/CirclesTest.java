package dev.lastgood.database.salvage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.database.Catalog.ForeignKey;
import dev.lastgood.database.TableName;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Definitions as PostgreSQL 18 writes them.
@DisplayNameGeneration(ReplaceUnderscores.class)
class CirclesTest {
  private static ForeignKey defined(String definition) {
    return new ForeignKey(
        "rule", List.of(1), new TableName("public", "t"), List.of("id"), "a", definition, true);
  }

  @Test
  void rules_of_periods_and_those_that_are_not_kept_are_not_compared_value_by_value() {
    String plain = "FOREIGN KEY (id) REFERENCES t(id) DEFERRABLE INITIALLY DEFERRED";

    assertThat(Circles.comparable(defined(plain))).isTrue();
    assertThat(Circles.comparable(defined(plain + " NOT ENFORCED"))).isFalse();
    assertThat(
            Circles.comparable(
                defined(
                    "FOREIGN KEY (id, PERIOD valid) REFERENCES t(id, PERIOD valid) DEFERRABLE")))
        .isFalse();
  }
}
