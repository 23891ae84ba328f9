package dev.lastgood.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.condition.Cel;
import dev.lastgood.condition.Durations;
import dev.lastgood.condition.Facts;
import dev.lastgood.config.ConfigException;
import dev.lastgood.config.ConfigLoader;
import dev.lastgood.config.ShippedPlatforms;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.decision.Decision;
import dev.lastgood.decision.Decision.Decided;
import dev.lastgood.decision.Decision.Looked;
import dev.lastgood.decision.Decision.Needs;
import dev.lastgood.decision.Involvement;
import dev.lastgood.decision.Judge;
import dev.lastgood.decision.Policy;
import dev.lastgood.decision.Verdict;
import dev.lastgood.flow.Deciding;
import dev.lastgood.flow.Refusal;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One of the examples, read from its file, and what a row of its table says about it. Empty cells
/// of a row are null.
record Example(SystemConfig config) {

  static Example of(String folder) {
    try {
      return new Example(
          new ConfigLoader(ShippedPlatforms.all(), _ -> null, new Cel())
              .load(Path.of("examples", folder, "lastgood.yaml"), Optional.empty()));
    } catch (ConfigException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /// @param facts `name=value`, separated by blanks
  Decision decide(@Nullable String named, @Nullable String facts) {
    Policy policy = config.decide();
    Facts known = Facts.NONE;
    for (String assignment : facts == null ? new String[0] : facts.split(" +", -1)) {
      try {
        known = Deciding.answer(policy, known, assignment);
      } catch (Refusal e) {
        throw new AssertionError(e.getMessage(), e);
      }
    }
    return Judge.judge(policy, known, Optional.ofNullable(named));
  }

  Decided decided(@Nullable String named, @Nullable String facts) {
    return switch (decide(named, facts)) {
      case Decided decided -> decided;
      case Needs needs -> throw new AssertionError("not decided; asks " + names(needs));
    };
  }

  String asks(@Nullable String named, @Nullable String facts) {
    return switch (decide(named, facts)) {
      case Decided decided -> "nothing: " + decided.rule();
      case Needs needs -> names(needs);
    };
  }

  private static String names(Needs needs) {
    return needs.missing().stream().map(Policy.Fact::name).collect(Collectors.joining(" "));
  }

  /// A verdict as one line: `roll-back P0 within 5m rto 1h +backend -database approvals tech-lead`.
  static String line(Verdict verdict) {
    return verdict.action().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-')
        + verdict.severity().map(s -> " " + s).orElse("")
        + verdict.within().map(d -> " within " + Durations.shown(d)).orElse("")
        + verdict.rto().map(d -> " rto " + Durations.shown(d)).orElse("")
        + verdict.components().entrySet().stream()
            .map(c -> " " + (c.getValue() == Involvement.YES ? "+" : "-") + c.getKey())
            .collect(Collectors.joining())
        + (verdict.approvals().isEmpty()
            ? ""
            : " approvals " + String.join(",", verdict.approvals()));
  }

  /// Checks a row: this is decided, by this rule, for this reason.
  void check(
      @Nullable String named,
      @Nullable String facts,
      String verdict,
      String rule,
      @Nullable String because) {
    Decided decided = decided(named, facts);

    assertThat(line(decided.verdict())).isEqualTo(verdict);
    assertThat(decided.rule()).isEqualTo(rule);
    assertThat(decided.trail().stream().filter(l -> l.rule().equals(rule)).map(Looked::because))
        .containsExactly(because == null ? "no rule before it fits" : because);
  }
}
