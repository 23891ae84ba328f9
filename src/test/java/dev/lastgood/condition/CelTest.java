package dev.lastgood.condition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lastgood.condition.BadCondition.Problem;
import dev.lastgood.condition.Condition.Answer.No;
import dev.lastgood.condition.Condition.Answer.Unknown;
import dev.lastgood.condition.Condition.Answer.Yes;
import dev.lastgood.condition.Facts.Value.Amount;
import dev.lastgood.condition.Facts.Value.Lasting;
import dev.lastgood.condition.Facts.Value.Share;
import dev.lastgood.condition.Facts.Value.Words;
import dev.lastgood.condition.Facts.Value.YesNo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CelTest {
  private static final Vocabulary FACTS =
      Vocabulary.ofFacts(
          Map.of(
              "data_at_risk", FactType.YES_NO,
              "quick_fix", FactType.YES_NO,
              "error_rate", FactType.SHARE,
              "users", FactType.AMOUNT,
              "surface", FactType.TEXT,
              "note", FactType.TEXT,
              "downtime", FactType.DURATION),
          Map.of("surface", List.of("frontend", "backend")));

  private static final Facts KNOWN =
      Facts.of(
          Map.of(
              "data_at_risk", new YesNo(true),
              "quick_fix", new YesNo(false),
              "error_rate", new Share(0.05),
              "users", new Amount(120),
              "surface", new Words("backend"),
              "note", new Words("it's 100% broken"),
              "downtime", new Lasting(Duration.ofMinutes(90))));

  private static final String ALL =
      "data_at_risk, downtime, error_rate, note, quick_fix, surface, users";

  private final Cel cel = new Cel();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data_at_risk",
        "!quick_fix",
        "error_rate > 0.01 && users > 100",
        "error_rate >= 5%",
        "error_rate == 5%",
        "error_rate>4.9%&&data_at_risk",
        "(error_rate > 100%) == false",
        "[5%, 10%].exists(limit, error_rate >= limit)",
        "error_rate < 5% ? false : true",
        "error_rate != 6%",
        "downtime == 1h30m",
        "downtime > 300ms && downtime < 2d",
        "downtime == duration('5400s')",
        "surface == 'backend'",
        "surface in ['frontend', 'backend']",
        "note == \"it's 100% broken\"",
        "note.contains('100% b') // 5% of them",
        "note.matches(r'.*100% \\w+')",
        "10 % 4 == 2",
        "10% 4 == 2",
        "10 %4 == 2",
        "7%(2) == 1",
        "7%-2 == 1",
        "1.5e1 == 15.0",
        "0x1d == 29",
        "size(note) == 16",
      })
  void holds_on_the_facts(String source) throws BadCondition {
    assertThat(cel.compile(source, FACTS).test(KNOWN)).isEqualTo(new Yes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"quick_fix", "error_rate > 5%", "users < 100", "surface == 'frontend'"})
  void does_not_hold_on_the_facts(String source) throws BadCondition {
    assertThat(cel.compile(source, FACTS).test(KNOWN)).isEqualTo(new No());
  }

  @Test
  void a_missing_fact_is_unknown_and_never_no() throws BadCondition {
    assertThat(cel.compile("error_rate > 0.05", FACTS).test(Facts.NONE))
        .isEqualTo(new Unknown(Set.of("error_rate"), "error_rate is not known"));
  }

  @Test
  void a_missing_fact_that_cannot_matter_is_not_asked_for() throws BadCondition {
    Facts some =
        Facts.NONE.with("data_at_risk", new YesNo(true)).with("quick_fix", new YesNo(false));

    assertThat(cel.compile("error_rate > 5% || data_at_risk", FACTS).test(some))
        .isEqualTo(new Yes());
    assertThat(cel.compile("error_rate > 5% && quick_fix", FACTS).test(some)).isEqualTo(new No());
    assertThat(cel.compile("data_at_risk ? users > 1 : error_rate > 5%", FACTS).test(some))
        .isEqualTo(new Unknown(Set.of("users"), "users is not known"));
  }

  @Test
  void all_facts_that_could_settle_it_are_named() throws BadCondition {
    var answer =
        (Unknown) cel.compile("data_at_risk && (quick_fix || users > 5)", FACTS).test(Facts.NONE);

    assertThat(answer.missing()).containsExactlyInAnyOrder("data_at_risk", "quick_fix", "users");
  }

  @Test
  void names_are_the_facts_it_reads_and_nothing_else() throws BadCondition {
    assertThat(cel.compile("[1, 2].exists(n, n > 1) && users > size(note)", FACTS).names())
        .containsExactly("note", "users");
  }

  @Test
  void a_fact_of_another_type_is_unknown_and_says_so() throws BadCondition {
    Facts wrong = Facts.NONE.with("users", new Words("many"));

    assertThat(cel.compile("users > 100", FACTS).test(wrong))
        .isEqualTo(
            new Unknown(Set.of("users"), "users should be a number with a fraction and is `many`"));
  }

  @Test
  void an_evaluation_that_fails_is_unknown_with_its_reason() throws BadCondition {
    assertThat(cel.compile("1 / (size(note) - 16) > 0", FACTS).test(KNOWN))
        .isEqualTo(new Unknown(Set.of(), "/ by zero"));
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        arguments(
            "eror_rate > 0.05",
            0,
            "unknown name `eror_rate`; did you mean `error_rate`? Known: " + ALL),
        arguments("quick_fix && zzzzzzzz", 13, "unknown name `zzzzzzzz`; known: " + ALL),
        arguments(
            "error_rate > 5% && dat_at_risk",
            19, "unknown name `dat_at_risk`; did you mean `data_at_risk`? Known: " + ALL),
        arguments("users", 0, "a condition must be yes or no; this is a number with a fraction"),
        arguments("quick_fix == 'yes'", 10, "`==` does not work on yes or no and a text"),
        arguments(
            "users == 100",
            6,
            "`==` does not work on a number with a fraction and a whole number; write whole numbers with a fraction here, e.g. `100.0`"),
        arguments("downtime > 5", 9, "`>` does not work on a duration and a whole number"),
        arguments(
            "surface == 'frontned'",
            11,
            "`surface` is never `frontned`; did you mean `frontend`? Known: backend, frontend"),
        arguments(
            "quick_fix && surface in ['backend', 'db']",
            36,
            "`surface` is never `db`; known: backend, frontend"),
        arguments("quick_fix &&", 12, "the condition ends too early"),
        arguments("quick_fix and users", 10, "not a condition: mismatched input 'and'"),
        arguments("users > 5 %", 11, "the condition ends too early"),
        arguments(
            "note.startWith('x')",
            5,
            "unknown function `startWith`; did you mean `startsWith`? Known: all, bool, contains, double, duration, endsWith, exists, exists_one, filter, has, int, map, matches, size, startsWith, string, timestamp"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void a_mistake_is_named_with_its_place(String source, int offset, String message) {
    assertThat(problems(source)).containsExactly(new Problem(offset, message));
  }

  @Test
  void every_mistake_of_a_condition_is_named() {
    assertThat(problems("eror_rate > 5% || quikc_fix && surface == 1"))
        .extracting(Problem::offset)
        .containsExactly(0, 18, 39);
  }

  @Test
  void a_mistake_on_the_second_line_has_its_place() {
    assertThat(problems("error_rate > 5% ||\n  usrs > 1.0"))
        .extracting(Problem::offset)
        .containsExactly(21);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.2.3% > 1.0",
        "5..%",
        "error_rate > .%",
        "error_rate > 5%%",
        "downtime > 1.5h",
        "downtime > 5 m",
        "users > 1_000",
        "'open",
        "\"\"\"open",
        "r'\\",
        "note == 'a\\",
        "`x`",
        "%",
        "\u0663% > 1.0",
        "((((",
        "a.b.c.d",
        "[].map(x, x",
        "error_rate > 5% //",
      })
  void nonsense_is_a_mistake_or_a_condition_and_never_a_crash(String source) {
    try {
      assertThat(cel.compile(source, FACTS).source()).isEqualTo(source);
    } catch (BadCondition bad) {
      assertThat(bad.problems())
          .isNotEmpty()
          .allSatisfy(p -> assertThat(p.offset()).isBetween(0, source.length()));
    }
  }

  @Test
  void a_long_duration_is_a_mistake_and_never_a_crash() {
    assertThat(problems("downtime > " + "999999999d".repeat(300))).hasSize(1);
  }

  @Test
  void a_condition_may_have_many_parts() throws BadCondition {
    String many = "quick_fix || ".repeat(100) + "data_at_risk";
    String sum = "users + ".repeat(100) + "users > 100";

    assertThat(cel.compile(many, FACTS).test(KNOWN)).isEqualTo(new Yes());
    assertThat(cel.compile(sum, FACTS).test(KNOWN)).isEqualTo(new Yes());
  }

  @Test
  void an_empty_condition_is_a_mistake() {
    assertThat(problems(" ")).hasSize(1);
  }

  @Test
  void a_condition_that_is_far_too_long_or_deep_is_refused() {
    assertThat(problems("quick_fix || ".repeat(1_000) + "quick_fix")).hasSize(1);
    assertThat(problems("(".repeat(500) + "quick_fix" + ")".repeat(500))).hasSize(1);
  }

  @Test
  void reads_what_an_http_check_got() throws BadCondition {
    Map<String, Object> body = new HashMap<>();
    body.put("status", "ok");
    body.put("queue", 7);
    body.put("load", 0.5);
    body.put("big", new java.math.BigInteger("5000000000"));
    body.put("error", null);
    body.put(
        "parts", List.of(Map.of("name", "db", "up", true), Map.of("name", "mail", "up", true)));
    var answer = new HttpAnswer(200, Optional.of(body), "{…}", Map.of("X-Version", "v42"), 12);

    for (String source :
        List.of(
            "status == 200 && body.status == 'ok'",
            "body.queue < 10 && body.queue == 7 && body.queue == 7.0",
            "body.load <= 50%",
            "body.big > 4999999999",
            "body.error == null && has(body.error) && !has(body.nothing)",
            "body.parts.all(part, part.up)",
            "body.parts[1].name == 'mail'",
            "headers['x-version'] == 'v42'",
            "millis < 500 && text.size() > 0")) {
      assertThat(cel.compile(source, Vocabulary.HTTP).test(answer)).as(source).isEqualTo(new Yes());
    }
  }

  @Test
  void what_the_body_does_not_have_is_unknown() throws BadCondition {
    var answer = new HttpAnswer(200, Optional.of(Map.of("state", "fine")), "", Map.of(), 12);

    assertThat(cel.compile("body.status == 'ok'", Vocabulary.HTTP).test(answer))
        .isEqualTo(new Unknown(Set.of(), "key 'status' is not present in map."));
    assertThat(cel.compile("body.state", Vocabulary.HTTP).test(answer))
        .isEqualTo(new Unknown(Set.of(), "the result is neither yes nor no but `fine`"));
  }

  @Test
  void a_body_that_is_not_json_is_unknown_unless_it_cannot_matter() throws BadCondition {
    var answer = new HttpAnswer(502, Optional.empty(), "Bad gateway", Map.of(), 12);

    assertThat(cel.compile("body.status == 'ok'", Vocabulary.HTTP).test(answer))
        .isEqualTo(new Unknown(Set.of("body"), "body is not JSON"));
    assertThat(cel.compile("status == 200 && body.status == 'ok'", Vocabulary.HTTP).test(answer))
        .isEqualTo(new No());
  }

  @Test
  void a_condition_over_facts_cannot_be_asked_of_an_http_answer() throws BadCondition {
    var answer = new HttpAnswer(200, Optional.empty(), "", Map.of(), 1);

    assertThat(cel.compile("users > 1", FACTS).test(answer))
        .isEqualTo(new Unknown(Set.of("users"), "`users > 1` is not about an HTTP answer"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "error_rate >= 5% && (quick_fix || data_at_risk)",
        "[1, 2, 3].exists(n, n == 2) && {'a': 1u}['a'] == 1u && b'x' == b'x' && null == null",
        "!has({'a': true}.b) && surface.startsWith('b') && -users < 0.0 && downtime > 1m",
      })
  void a_remembered_condition_answers_as_a_fresh_one(String source) throws BadCondition {
    var memory = new MapMemory();
    new Cel(memory).compile(source, FACTS);
    assertThat(memory.kept).hasSize(1);
    memory.readOnly = true;

    Condition remembered = new Cel(memory).compile(source, FACTS);

    assertThat(remembered.test(KNOWN)).isEqualTo(new Yes());
    assertThat(remembered.names()).isEqualTo(cel.compile(source, FACTS).names());
  }

  @Test
  void a_damaged_memory_is_compiled_again() throws BadCondition {
    var memory = new MapMemory();
    new Cel(memory).compile("users > 100", FACTS);
    String key = memory.kept.keySet().iterator().next();
    byte[] whole = memory.recall(key).orElseThrow();

    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x40;
      memory.kept.put(key, damaged);
      assertThat(new Cel(memory).compile("users > 100", FACTS).test(KNOWN)).isEqualTo(new Yes());
      assertThat(memory.kept.get(key)).isEqualTo(whole);

      memory.kept.put(key, java.util.Arrays.copyOf(whole, at));
      assertThat(new Cel(memory).compile("users > 100", FACTS).test(KNOWN)).isEqualTo(new Yes());
    }
  }

  @Test
  void what_is_remembered_depends_on_the_vocabulary() throws BadCondition {
    var memory = new MapMemory();
    new Cel(memory).compile("users > 100", FACTS);

    new Cel(memory).compile("users > 100", Vocabulary.ofFacts(Map.of("users", FactType.SHARE)));

    assertThat(memory.kept).hasSize(2);
  }

  @Test
  void what_is_remembered_depends_on_the_version_of_the_library() throws java.io.IOException {
    assertThat(Files.readString(Path.of("pom.xml")))
        .containsPattern(
            "<artifactId>cel</artifactId>\\s*<version>"
                + Cel.VERSION.replaceFirst(".* ", "")
                + "</version>");
  }

  private List<Problem> problems(String source) {
    return catchThrowableOfType(BadCondition.class, () -> cel.compile(source, FACTS)).problems();
  }

  /// Remembers in a map.
  private static final class MapMemory implements Cel.Memory {
    final Map<String, byte[]> kept = new HashMap<>();
    boolean readOnly;

    @Override
    public Optional<byte[]> recall(String key) {
      return Optional.ofNullable(kept.get(key));
    }

    @Override
    public void remember(String key, byte[] value) {
      assertThat(readOnly).as("should have been found").isFalse();
      kept.put(key, value);
    }
  }
}
