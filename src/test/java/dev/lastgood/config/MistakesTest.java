package dev.lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every mistake is told, with its place, what was expected and the nearest known name.
@DisplayNameGeneration(ReplaceUnderscores.class)
class MistakesTest {
  @TempDir Path folder;
  private Loading loading;

  @BeforeEach
  void setUp() {
    loading = new Loading(folder);
  }

  @Test
  void ten_different_mistakes_are_ten_messages_at_their_places() {
    assertThat(
            loading.mistakes(
                """
                system: shop
                sok: 10m
                components:
                  backend: { platform: some-platfrom, path: b }
                  frontend:
                    platform: some-platform
                    needs: [backnd]
                    keep-at-most: many
                  database: { platform: some-platform, path: d, token: hunter2 }
                checks:
                  health: { get: "http://h/", timeout: 5 }
                  health: { tcp: "localhost:80" }
                decide:
                  facts:
                    error_rate: { type: share, ask: "How many fail?" }
                  issues:
                    failing: { when: "eror_rate > 5%", action: rollback }
                """))
        .containsExactly(
            "2:1 unknown key `sok`; did you mean `soak`? Known: after, approvals, checks,"
                + " components, decide, environment, maintenance, purge, soak, state, system, tell",
            "4:24 unknown platform `some-platfrom`; did you mean `some-platform`? Known:"
                + " some-platform",
            "5:3 `path` is missing; expected a path: Where it lives.",
            "7:13 unknown component `backnd`; did you mean `backend`? Known: backend, database,"
                + " frontend",
            "8:19 expected a whole number, found `many`",
            "9:56 a secret must not stand in the file; write a reference such as `${env:NAME}` or"
                + " `${file:path}`",
            "11:40 expected a duration such as `5s`, `15m` or `1h30m`; `5` has no unit (ms, s, m,"
                + " h, d)",
            "12:3 `health` is there twice; the first is in line 11",
            "17:23 unknown name `eror_rate`; did you mean `error_rate`? Known:"
                + " any_check_error, any_check_unhealthy, check_health, error_rate",
            "17:48 unknown word `rollback`; did you mean `roll-back`? Known: ask, fix-forward,"
                + " flag-off, monitor, roll-back, roll-back-with-data");
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        // types
        one("soak: [10m]", "5:7 expected a duration such as `5s`, `15m` or `1h30m`, found a list"),
        one(
            "soak: ten minutes",
            "5:7 expected a duration such as `5s`, `15m` or `1h30m`, found" + " `ten minutes`"),
        one("soak: -5m", "5:7 expected a duration such as `5s`, `15m` or `1h30m`, found `-5m`"),
        one("soak: 5 m", "5:7 expected a duration such as `5s`, `15m` or `1h30m`, found `5 m`"),
        one(
            "after: 24h",
            "5:8 expected a mapping with hold, watch, every, passes, patience, found" + " `24h`"),
        one("after: { passes: \"3\" }", "5:18 expected a whole number, found `3`"),
        one("after: { passes: 3.5 }", "5:18 expected a whole number, found `3.5`"),
        one("after: { passes: 99999999999 }", "5:18 expected a whole number, found `99999999999`"),
        one(
            "after: { passes: 0 }",
            "5:18 must be from 1 to 1000; without a healthy check nothing" + " is proven"),
        one("after: { every: 0s }", "5:17 must be longer than nothing"),
        one("checks: [health]", "5:9 expected a mapping, found a list"),
        one(
            "tell: { team: { run: ./notify.sh } }",
            "5:22 expected a list, found `./notify.sh`;" + " write `[./notify.sh]`"),
        one(
            "tell: { team: { run: [] } }",
            "5:17 `run` has no value; expected a list: The command," + " as a list of words."),
        one(
            "tell: { team: }",
            "5:9 `run` is missing; expected a list: The command, as a list of" + " words."),
        one(
            "state: { postgres: jdbc:postgresql://h/d }",
            "5:20 a secret must not stand in the"
                + " file; write a reference such as `${env:NAME}` or `${file:path}`"),
        one(
            "state: { folder: a, postgres: \"${env:A}\" }",
            "5:1 only one of `folder`, `postgres`" + " can be here"),
        one(
            "state: { folder: \"${env:STATE}\" }",
            "5:18 a reference is read only where a secret"
                + " belongs; here `${env:STATE}` would be taken literally"),
        one("state: { postgres: \"${env:A\" }", "5:21 `${` without its `}`"),
        one(
            "state: { postgres: \"x-${evn:A}\" }",
            "5:23 `${evn:…}` is no reference; it is"
                + " `${env:NAME}` or `${file:path}`; did you mean `env`? Known: env, file"),
        one(
            "state: { postgres: \"${hunter2}\" }",
            "5:21 `${hunter2}` is no reference; it is"
                + " `${env:NAME}` or `${file:path}`; known: env, file"),
        // checks
        one(
            "checks: { h: { url: 'http://h/' } }",
            "5:11 one of `get`, `tcp`, `run` is missing",
            "5:16 unknown key `url`; known: component, expect, get, headers, latency, run, status,"
                + " tcp, timeout, unhealthy-exits, version, when, word"),
        one(
            "checks: { h: { tcp: 'h:1', status: [200] } }",
            "5:28 unknown key `status`; known:" + " component, tcp, timeout, when"),
        one(
            "checks: { h: { tcp: 'h:1', run: [x] } }",
            "5:11 only one of `get`, `tcp`, `run` can" + " be here"),
        one("checks: { h: { tcp: 'h' } }", "5:21 expected host and port such as `127.0.0.1:5432`"),
        one(
            "checks: { h: { tcp: 'h:99999' } }",
            "5:21 expected host and port such as" + " `127.0.0.1:5432`"),
        one(
            "checks: { h: { tcp: '::1:80' } }",
            "5:21 expected host and port such as" + " `127.0.0.1:5432`"),
        one(
            "checks: { h: { get: 'ftp://h/' } }",
            "5:21 expected a URL such as" + " `http://127.0.0.1:8080/health`"),
        one(
            "checks: { h: { get: 'http://h/a b' } }",
            "5:21 not a URL: Illegal character in path" + " at character 11"),
        one(
            "checks: { h: { get: 'http://u:p@h/' } }",
            "5:21 a password in a URL is seen in"
                + " reports; send it in `headers` as a reference"),
        one("checks: { h: { get: 'http://h/', status: [99] } }", "5:42 `99` is no HTTP status"),
        one(
            "checks: { h: { get: 'http://h/', status: [200, 200] } }",
            "5:48 `200` is in the list" + " twice"),
        one(
            "checks: { h: { get: 'http://h/', component: backnd } }",
            "5:45 unknown component"
                + " `backnd`; did you mean `backend`? Known: backend, database"),
        one(
            "checks: { h: { get: 'http://h/', headers: { X-Api-Key: abc } } }",
            "5:56 `X-Api-Key`"
                + " carries a secret; write a reference such as `Bearer ${env:TOKEN}`"),
        one(
            "checks: { h: { get: 'http://h/', headers: { 'X Y': abc } } }",
            "5:45 `X Y` cannot be" + " the name of a header"),
        one(
            "checks: { h: { get: 'http://h/', word: { at: a, healthy: [OK], unhealthy: [ok] } } }",
            "5:75 `OK` is healthy and unhealthy at once"),
        one(
            "checks: { h: { get: 'http://h/', latency: { p95: 0s } } }",
            "5:50 must be longer than" + " nothing"),
        one(
            "checks: { h: { get: 'http://h/', when: [after, before, always] } }",
            "5:56 unknown" + " word `always`; known: after, before, watch"),
        one(
            "checks: { h: { get: 'http://h/', expect: body.status = 'ok' } }",
            "5:54 not a" + " condition: token recognition error at: '= '"),
        one(
            "checks: { h: { get: 'http://h/', expect: \"staus == 200\" } }",
            "5:43 unknown name"
                + " `staus`; did you mean `status`? Known: body, headers, millis, status, text"),
        one(
            "checks: { h: { run: [x], unhealthy-exits: [0] } }",
            "5:43 must be from 1 to 255; exit" + " 0 is healthy"),
        one(
            "checks: { a-b: { tcp: 'h:1' }, a_b: { tcp: 'h:1' } }",
            "5:32 conditions cannot tell" + " `a_b` from `a-b`; choose another name"),
        one(
            "checks: { 'a/../b': { tcp: 'h:1' } }",
            "5:11 `a/../b` cannot be a name here; use"
                + " letters, digits, `.`, `_` and `-`, at most 64, the first a letter or a digit"),
        // decide
        one(
            "decide: { facts: { Rate: { type: share, ask: x } } }",
            "5:20 `Rate` cannot be a name"
                + " here; use lower-case letters, digits and `_`, the first a letter"),
        one(
            "decide: { facts: { in: { type: share, ask: x } } }",
            "5:20 `in` means something else" + " in conditions; choose another name"),
        one(
            "decide: { facts: { check_x: { type: text, ask: x } } }",
            "5:20 `check_x` is known" + " from the checks; choose another name"),
        one(
            "decide: { facts: { a: { type: shar, ask: x } } }",
            "5:31 unknown word `shar`; did you"
                + " mean `share`? Known: amount, duration, share, text, yes-no"),
        one(
            "decide: { facts: { a: { type: share, ask: x, options: [b] } } }",
            "5:46 only a text" + " has options"),
        one(
            "decide: { issues: { a: { action: ask, severity: P9 } } }",
            "5:49 unknown severity" + " `P9`; did you mean `P0`? Known: P0, P1, P2, P3"),
        one("decide: { severities: [A, A] }", "5:27 a severity needs a name that no other has"),
        one(
            "decide: { issues: { a: { action: ask, components: [backnd] } } }",
            "5:52 unknown"
                + " component `backnd`; did you mean `backend`? Known: backend, database"),
        one(
            "decide: { issues: { a: { action: ask, components: { backend: perhaps } } } }",
            "5:62 unknown word `perhaps`; known: maybe, no, yes"),
        one(
            "decide: { issues: { a: { action: ask, approvals: [boss] } } }",
            "5:51 `boss` is" + " neither under `approvals: special:` nor a role there"),
        one(
            "decide: { issues: { a: { action: ask, instead: monitor } } }",
            "5:39 `instead` needs" + " `unless`: when is it so?"),
        one(
            "decide: { questions: [{ when: 'true', yes: ask }] }",
            "5:23 `id` is missing; a" + " question with `when` needs a name for reports",
            "5:23 `ask` is missing; a question" + " with `when` needs words for people"),
        one(
            "decide: { questions: [{ id: a, ask: b, yes: ask }] }",
            "5:23 `fact` or `when` is" + " missing: what answers the question?"),
        one(
            "decide: { questions: [{ id: a, ask: b, when: 'true' }] }",
            "5:23 the question leads" + " nowhere; say what `yes` or `no` leads to"),
        one("decide: { questions: [{ fact: fixable, yes: ask }] }", "5:31 unknown fact `fixable`"),
        one(
            "decide: { facts: { a: { type: share, ask: x } }, questions: [{ fact: a, yes: ask }] }",
            "5:70 `a` is not yes or no but share; write a condition, e.g. `when: \"a > 5%\"`"),
        one(
            "decide: { cautions: [{ id: a, ask: b, when: 'true', approvals: [] }] }",
            "5:53"
                + " `approvals` has no value; expected a list: Approvals that are then needed: names of"
                + " special approvals or of roles."),
        one(
            "decide: { otherwise: { severity: P0 } }",
            "5:11 `action` is missing; expected one of"
                + " roll-back, roll-back-with-data, fix-forward, flag-off, monitor, ask: What is to be"
                + " done."),
        one(
            "checks: { a: { tcp: 'h:1' } }\ndecide: { issues: { a: { when: check_a == 'down',"
                + " action: ask } } }",
            "6:43 `check_a` is never `down`; known: error, healthy," + " inconclusive, unhealthy"),
        // approvals
        one("approvals: { default: -1 }", "5:23 must be from 0 to 100"),
        one("approvals: { default: none }", "5:23 expected a whole number, found `none`"),
        one(
            "approvals: { self: sometimes }",
            "5:20 unknown word `sometimes`; known: allowed," + " never"),
        one("approvals: { special: { a: 0 } }", "5:28 must be from 1 to 100"),
        one(
            "approvals: { special: { a: { role: boss } }, roles: { lead: [ada] } }",
            "5:36 unknown" + " role `boss`; known: lead"),
        one("approvals: { roles: { lead: [] } }", "5:29 a role needs at least one person"),
        // the root
        one(
            "environment: 'a/b'",
            "5:14 `a/b` cannot be an environment; use letters, digits, `.`,"
                + " `_` and `-`, at most 64, the first a letter or a digit"),
        one("? [a, b]\n: c", "5:3 a key must be a word"),
        one("soak: !java.io.File 5m", "5:7 tags such as `!java.io.File` mean nothing here"),
        one(
            "<<: { soak: 5m }",
            "5:1 unknown key `<<`; known: after, approvals, checks,"
                + " components, decide, environment, maintenance, purge, soak, state, system, tell"));
  }

  private static Arguments one(String lines, String... messages) {
    return Arguments.of(lines, List.of(messages));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void a_mistake_after_the_first_four_lines(String lines, List<String> messages) {
    assertThat(loading.mistakes(Loading.SMALL + lines + "\n")).isEqualTo(messages);
  }

  static Stream<Arguments> components() {
    return Stream.of(
        one("path: b", "3:3 `platform` is missing; expected one of some-platform"),
        one("platform: [a]", "4:15 unknown platform a list; known: some-platform"),
        one("platform: some-platform", "3:3 `path` is missing; expected a path: Where it lives."),
        one("platform: some-platform\n    path: ''", "5:11 expected a path, found ``"),
        one(
            "platform: some-platform\n    path:",
            "5:5 `path` has no value; expected a path: Where" + " it lives."),
        one(
            "platform: some-platform\n    path: b\n    need: [x]",
            "6:5 unknown key `need`; did"
                + " you mean `needs`? Known: bytes, command, door, keep-at-most, labels, loud, needs,"
                + " path, patience, platform, ports, share, speed, token"),
        one(
            "platform: some-platform\n    path: b\n    needs: [backend]",
            "6:13 `backend` cannot" + " need itself"),
        one(
            "platform: some-platform\n    path: b\n    loud: 'yes'",
            "6:11 expected yes or no," + " found `yes`"),
        one(
            "platform: some-platform\n    path: b\n    loud: on",
            "6:11 expected yes or no, found" + " `on`"),
        one(
            "platform: some-platform\n    path: b\n    share: 5 percent",
            "6:12 expected a number" + " such as `0.05` or `5%`, found `5 percent`"),
        one(
            "platform: some-platform\n    path: b\n    speed: faast",
            "6:12 unknown word `faast`;" + " did you mean `fast`? Known: fast, very-slow"),
        one(
            "platform: some-platform\n    path: b\n    ports: [80, x]",
            "6:17 expected a whole" + " number, found `x`"),
        one(
            "platform: some-platform\n    path: b\n    labels: { a: [b] }",
            "6:18 expected a" + " text, found a list"),
        one(
            "platform: some-platform\n    path: b\n    door: { name: x }",
            "6:5 `kind` is missing;" + " expected one of plain, locked"),
        one(
            "platform: some-platform\n    path: b\n    door: { kind: lokced }",
            "6:19 unknown kind" + " `lokced`; did you mean `locked`? Known: locked, plain"),
        one(
            "platform: some-platform\n    path: b\n    door: { kind: locked, name: x }",
            "6:5"
                + " `key` is missing; expected a reference such as `${env:NAME}` or `${file:path}`",
            "6:27 unknown key `name`; known: key, patience"));
  }

  @ParameterizedTest
  @MethodSource("components")
  void a_mistake_in_a_component(String lines, List<String> messages) {
    assertThat(loading.mistakes("system: s\ncomponents:\n  backend:\n    " + lines + "\n"))
        .isEqualTo(messages);
  }

  @Test
  void a_purge_says_what_is_purged_and_of_which_component() {
    assertThat(
            loading.mistakes(
                """
                system: shop
                components:
                  frontend: { platform: some-platform, path: d }
                purge:
                  - component: frontend
                    cloudflare: { zone: z, token: "${env:T}" }
                  - component: frontend
                    cloudflare: { zone: z, token: "${env:T}", everything: true, tags: [a] }
                  - component: frontend
                    cloudflare: { zone: z, token: "${env:T}", tags: ["a b"] }
                """))
        .containsExactly(
            "6:17 say what is purged: either `everything: true`, or files, tags, hosts or prefixes",
            "8:17 say what is purged: either `everything: true`, or files, tags, hosts or prefixes",
            "10:17 what is purged has no blanks and no line breaks in it");
  }

  @Test
  void a_purge_names_one_who_keeps_and_what_vercel_can_do() {
    assertThat(
            loading.mistakes(
                """
                system: shop
                components:
                  frontend: { platform: some-platform, path: d }
                purge:
                  - component: frontend
                  - component: frontend
                    cloudflare: { zone: z, token: "${env:T}", everything: true }
                    vercel: { project: p, token: "${env:T}", everything: true }
                  - component: frontend
                    vercel: { project: p, token: "${env:T}" }
                  - component: frontend
                    vercel: { project: p, token: "${env:T}", everything: true, stale: true }
                  - component: frontend
                    vercel: { project: p, token: "${env:T}", tags: ["a,b"] }
                """))
        .containsExactly(
            "5:5 say who keeps it, once: `cloudflare` or `vercel`",
            "6:5 say who keeps it, once: `cloudflare` or `vercel`",
            "10:13 say what is purged: either `everything: true`, or tags",
            "12:71 only tags can be marked as stale; everything is thrown away",
            "14:52 a cache tag has at most 256 characters and no comma");
  }

  @Test
  void maintenance_names_components_that_are_there_and_both_sides_of_a_switch() {
    assertThat(
            loading.mistakes(
                """
                system: shop
                components:
                  door: { platform: some-platform, path: d }
                maintenance:
                  - { component: dor }
                  - { component: door, on: "on", for: [backnd] }
                """))
        .containsExactly(
            "5:18 unknown component `dor`; did you mean `door`? Known: door",
            "6:5 `on` and `off` belong together",
            "6:39 unknown component `backnd`; known: door");
  }

  @Test
  void what_is_missing_at_the_top_does_not_hide_the_rest() {
    assertThat(loading.mistakes("checks: { h: { tcp: x } }\n"))
        .containsExactly(
            "1:1 `system` is missing; expected a text: the name of the system, e.g. shop",
            "1:1 `components` is missing; expected a mapping: What the system is made of, by name.",
            "1:21 expected host and port such as `127.0.0.1:5432`");
  }

  @Test
  void a_circle_of_needs_is_shown() {
    assertThat(
            loading.mistakes(
                """
                system: s
                components:
                  a: { platform: some-platform, path: a, needs: [b] }
                  b: { platform: some-platform, path: b, needs: [c] }
                  c: { platform: some-platform, path: c, needs: [d, a] }
                  d: { platform: some-platform, path: d }
                """))
        .containsExactly("5:53 components need each other in a circle: a -> b -> c -> a");
  }

  @Test
  void a_mistake_in_one_component_does_not_make_it_unknown_to_others() {
    assertThat(
            loading.mistakes(
                """
                system: s
                components:
                  a: { platform: some-platform, path: a, needs: [b] }
                  b: { platform: nowhere }
                checks: { h: { tcp: "h:1", component: b } }
                """))
        .containsExactly("4:18 unknown platform `nowhere`; known: some-platform");
  }

  @Test
  void every_mistake_of_one_condition_has_its_place() {
    assertThat(
            loading.mistakes(
                Loading.SMALL
                    + "decide: { issues: { a: { when: \"x > 5% || y\", action: ask } } }\n"))
        .containsExactly(
            "5:33 unknown name `x`; known: any_check_error, any_check_unhealthy",
            "5:43 unknown name `y`; known: any_check_error, any_check_unhealthy");
  }

  @Test
  void a_condition_in_a_block_has_the_place_of_the_block() {
    assertThat(
            loading.mistakes(
                Loading.SMALL
                    + """
                    decide:
                      issues:
                        a:
                          action: ask
                          when: >
                            1 == 1 &&
                            x
                    """))
        .containsExactly("9:13 unknown name `x`; known: any_check_error, any_check_unhealthy");
  }

  @Test
  void a_broken_file_is_one_clear_message() {
    assertThat(loading.mistakes("system: shop\ncomponents:\n\tbackend: {}\n"))
        .containsExactly("3:1 not YAML: there is a tab; YAML is indented with spaces");
    assertThat(loading.mistakes("system: shop\ncomponents: { a: b\n"))
        .containsExactly(
            "3:1 not YAML: expected ',' or '}', but got <stream end> while parsing a flow mapping");
    assertThat(loading.mistakes("system: shop\n---\nsystem: other\n"))
        .containsExactly("2:1 not YAML: a second document begins here; the file is one");
    assertThat(loading.mistakes("system: \"shop\n")).hasSize(1);
    assertThat(loading.mistakes("a: *nobody\n")).hasSize(1);
    assertThat(loading.mistakes("a: \u0007\n"))
        .containsExactly("0:0 not YAML: it holds a character that is not allowed, U+0007");
    assertThat(loading.mistakes("- system\n"))
        .containsExactly("1:1 expected a mapping with keys such as `system:`, found a list");
    assertThat(loading.mistakes("just words\n"))
        .containsExactly("1:1 expected a mapping with keys such as `system:`, found `just words`");
  }

  @Test
  void an_empty_file_says_what_it_needs() {
    assertThat(loading.mistakes(""))
        .containsExactly("0:0 the file is empty; it needs at least `system:` and `components:`");
    assertThat(loading.mistakes("# nothing yet\n")).hasSize(1);
  }

  @Test
  void a_file_that_is_not_utf8_is_refused_at_its_place() throws IOException {
    byte[] latin = "system: shop\nsoak: \u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
    Files.write(loading.file(), latin);

    assertThat(loading.mistakes(Optional.empty()))
        .containsExactly("2:7 not UTF-8; save the file as UTF-8");
  }

  @Test
  void a_byte_order_mark_is_no_mistake() {
    assertThat(loading.mistakes("\uFEFF" + Loading.SMALL)).isEmpty();
  }

  @Test
  void a_file_that_is_missing_or_a_folder_is_refused() throws IOException {
    assertThat(loading.mistakes(Optional.empty()))
        .containsExactly("0:0 there is no such file; `lastgood init` proposes one");

    Files.createDirectory(loading.file());
    assertThat(loading.mistakes(Optional.empty()))
        .containsExactly("0:0 this is a folder; name the file in it");
  }

  @Test
  void a_huge_file_is_refused_unread() {
    assertThat(loading.mistakes(Loading.SMALL + "#".repeat(YamlReader.MAX_BYTES)))
        .containsExactly("0:0 larger than 1 MiB; a configuration is a few kB");
  }

  @Test
  void aliases_that_multiply_are_refused() {
    var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      String ten = ("*a" + (i - 1) + ", ").repeat(10);
      bomb.append("a" + i + ": &a" + i + " [" + ten + "]\n");
    }

    assertThat(loading.mistakes(bomb.toString()))
        .containsExactly("1:1 more than 20000 parts once its aliases are written out");
  }

  @Test
  void an_alias_inside_itself_is_refused() {
    assertThat(loading.mistakes("a: &a { b: *a }\n")).hasSize(1);
  }

  @Test
  void a_deep_file_is_refused() {
    assertThat(loading.mistakes("a: " + "[".repeat(100_000) + "]".repeat(100_000) + "\n"))
        .containsExactly("1:33 not YAML: nested more than 30 deep");
  }

  @Test
  void of_very_many_mistakes_the_first_hundred_are_told() {
    String many =
        IntStream.range(0, 150)
            .mapToObj(n -> "unknown-" + n + ": x\n")
            .collect(Collectors.joining());

    assertThat(loading.mistakes(Loading.SMALL + many))
        .hasSize(101)
        .last()
        .isEqualTo("0:0 and 50 more");
  }

  @Test
  void a_plain_secret_is_in_no_message() {
    assertThat(
            loading.mistakes(
                Loading.SMALL
                    + """
                    state: { postgres: "jdbc:postgresql://h/d?password=hunter2" }
                    checks:
                      a: { get: "http://h/", headers: { Authorization: Bearer hunter2 } }
                    """))
        .hasSize(2)
        .noneMatch(message -> message.contains("hunter2"));
  }
}
