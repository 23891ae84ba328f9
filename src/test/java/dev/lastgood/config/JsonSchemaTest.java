package dev.lastgood.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.lastgood.condition.Cel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.json.JsonMapper;

/// The published schema is the one the records give, and it agrees with the loader.
@DisplayNameGeneration(ReplaceUnderscores.class)
class JsonSchemaTest {
  private static final Path PUBLISHED = Path.of("docs", "lastgood.schema.json");
  private static final String WRITE =
      "mvn -q test -Dtest=JsonSchemaTest -Dlastgood.schema.write=true";

  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(JsonSchema.of(ShippedPlatforms.all()));

  @Test
  void the_published_schema_is_current() throws IOException {
    String current = JsonSchema.of(ShippedPlatforms.all());
    if (Boolean.getBoolean("lastgood.schema.write")) {
      Files.createDirectories(PUBLISHED.getParent());
      Files.writeString(PUBLISHED, current);
    }

    assertThat(PUBLISHED).as("write it with: %s", WRITE).exists();
    assertThat(Files.readString(PUBLISHED))
        .as("%s is out of date; write it with: %s", PUBLISHED, WRITE)
        .isEqualTo(current);
  }

  static List<Path> examples() throws IOException {
    try (var files = Files.walk(Path.of("examples"))) {
      return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void it_accepts_the_examples(Path example) throws IOException {
    assertThat(errors(Files.readString(example))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void the_loader_accepts_them_too(Path example) throws ConfigException {
    var loader = new ConfigLoader(ShippedPlatforms.all(), _ -> null, new Cel());

    assertThat(loader.load(example, Optional.empty()).components()).isNotEmpty();
  }

  @Test
  void it_accepts_every_form() {
    assertThat(
            errors(
                """
                system: shop
                state: { postgres: "${env:DB}" }
                components:
                  a: { platform: release-directory, path: /srv/a }
                checks:
                  a: { tcp: "h:1" }
                  b: { run: [x], unhealthy-exits: [2], when: [after] }
                  c: { get: "http://h/", status: [200], version: version, expect: status == 200 }
                  d: { get: "http://h/", version: { at: v }, headers: { A: 5, B: "${env:B}" } }
                decide:
                  facts:
                    a: { type: yes-no, ask: "?" }
                  issues:
                    x: { action: roll-back, components: [a], unless: a, instead: monitor }
                    y: { action: ask, components: { a: maybe } }
                  questions:
                    - { fact: a, yes: fix-forward, no: next }
                    - { id: b, ask: "?", when: true, no: { action: ask, within: 1h30m } }
                approvals:
                  default: 0
                  special: { a: 2, b: { count: 1, role: c } }
                  roles: { c: [d] }
                """))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sok: 10m",
        "soak: 10",
        "soak: 5 m",
        "state: { postgres: plain }",
        "checks: { a: { url: x } }",
        "checks: { a: { tcp: 'h:1', status: [200] } }",
        "checks: { 'a/b': { tcp: 'h:1' } }",
        "checks: { a: { run: [] } }",
        "decide: { facts: { A: { type: yes-no, ask: x } } }",
        "decide: { facts: { a: { type: yes, ask: x } } }",
        "decide: { otherwise: rollback }",
        "decide: { issues: { a: { action: next } } }",
        "after: { passes: many }",
        "tell: { a: { audience: b } }",
        "approvals: { self: sometimes }",
      })
  void what_it_rejects_the_loader_rejects_too(String lines) throws IOException {
    String file = "system: s\ncomponents: { a: { platform: release-directory, path: /a } }\n";
    Path folder = Files.createTempDirectory("schema");

    assertThat(errors(file)).isEmpty();
    assertThat(errors(file + lines)).isNotEmpty();
    assertThat(
            new Loading(folder)
                .mistakes(file.replace("release-directory", "some-platform") + lines))
        .isNotEmpty();
    Files.delete(folder.resolve("lastgood.yaml"));
    Files.delete(folder);
  }

  @Test
  void it_rejects_unknown_platforms_and_settings() {
    assertThat(errors("system: s\ncomponents: { a: { platform: nowhere, path: /a } }\n"))
        .isNotEmpty();
    assertThat(errors("system: s\ncomponents: { a: { platform: release-directory, pth: /a } }\n"))
        .isNotEmpty();
    assertThat(errors("components: { a: { platform: release-directory, path: /a } }\n"))
        .isNotEmpty();
    assertThat(errors("system: s\ncomponents: {}\n")).isNotEmpty();
  }

  @Test
  void every_key_says_what_it_means() {
    var silent = new ArrayList<String>();
    var schema = JsonMapper.shared().readTree(JsonSchema.of(ShippedPlatforms.all()));
    schema
        .findParents("properties")
        .forEach(object ->
            object
                .get("properties")
                .forEachEntry((name, property) -> {
                  if (!property.has("description") && !name.equals("kind")) {
                    silent.add(name);
                  }
                }));

    assertThat(silent).isEmpty();
  }

  private static List<Error> errors(String yaml) {
    Object tree = new Load(LoadSettings.builder().build()).loadFromString(yaml);
    return SCHEMA.validate(JsonMapper.shared().valueToTree(tree));
  }
}
