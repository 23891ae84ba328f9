package dev.lastgood.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.condition.FactType;
import dev.lastgood.decision.Policy.Fact;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class WordsTest {
  private static final Policy POLICY =
      new Policy(
          List.of(),
          List.of(
              new Fact("error_rate", FactType.SHARE, "?", List.of()),
              new Fact("p95", FactType.DURATION, "?", List.of()),
              new Fact("requests", FactType.AMOUNT, "?", List.of()),
              new Fact("region", FactType.TEXT, "?", List.of())),
          List.of(),
          List.of(),
          Verdict.of(Action.ASK));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          error_rate > 0.05            | false | if error_rate were not above 5%
          error_rate > 0.05            | true  | if error_rate were above 5%
          error_rate >= 12.5%          | true  | if error_rate were at least 12.5%
          p95 > 5s                     | false | if p95 were not above 5s
          p95 < duration('5s')         | true  | if p95 were below 5s
          p95 <= duration("1m30s")     | true  | if p95 were at most 1m30s
          requests < 200               | false | if requests were not below 200
          region == 'eu-west'          | true  | if region were eu-west
          region == "eu-west"          | false | if region were not eu-west
          region != 'eu-west'          | true  | if "region != 'eu-west'" held
          error_rate > 0.05 && p95 > 5s| true  | if "error_rate > 0.05 && p95 > 5s" held
          error_rate > 0.05 && p95 > 5s| false | if "error_rate > 0.05 && p95 > 5s" did not hold
          0.05 < error_rate            | true  | if "0.05 < error_rate" held
          """)
  void a_comparison_is_turned_in_words(String source, boolean holds, String words) {
    Says condition = new Says(source, Set.of(), _ -> Optional.empty());

    assertThat(Words.changed(condition, holds, POLICY)).isEqualTo(words);
  }
}
