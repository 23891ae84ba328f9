package dev.lastgood.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.condition.Cel;
import dev.lastgood.config.ConfigException;
import dev.lastgood.config.ConfigLoader;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.release.ReleaseDirectoryKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DemoTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @Test
  void without_a_person_it_wants_yes_and_builds_nothing() throws IOException {
    int exit = run(new DemoOptions(false, false, false, false, Optional.of(folder)));

    assertThat(exit).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("add --yes");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void a_folder_with_something_in_it_is_not_touched() throws IOException {
    Files.writeString(folder.resolve("letter"), "dear");

    int exit = run(new DemoOptions(true, false, false, false, Optional.of(folder)));

    assertThat(exit).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("is not empty");
    assertThat(folder).isDirectoryContaining(f -> f.endsWith("letter"));
  }

  @Test
  void the_configuration_it_writes_is_right() throws IOException, ConfigException {
    SystemConfig config = config(ShopPlace.in(folder));

    assertThat(config.components()).containsOnlyKeys("backend", "frontend");
    assertThat(config.checks()).extracting("name").containsExactly("backend", "frontend");
  }

  @Test
  void lastgood_knows_what_the_deploy_tool_started_and_can_go_back_beside_it()
      throws IOException, ConfigException, PlatformUnreachable {
    ShopPlace place = ShopPlace.in(folder);
    Path state = folder.resolve("state");
    try (Shop shop = new Shop(place, state, InstantSource.system())) {
      shop.open();
      shop.deploy("backend", "v1");
      shop.deploy("backend", "v2");
      var backend =
          Objects.requireNonNull(config(place).components().get("backend"))
              .open(
                  new Surroundings(
                      folder, state.resolve("platforms/backend"), InstantSource.system()));

      List<Release> releases = backend.inventory().releases();
      List<Method> methods = backend.methods(named("v2", releases), named("v1", releases));

      assertThat(backend.inventory().live()).map(Release::id).contains("v2");
      assertThat(methods.getFirst().name()).isEqualTo("side-by-side");
    }
  }

  private static Release named(String id, List<Release> releases) {
    return releases.stream().filter(r -> r.id().equals(id)).findFirst().orElseThrow();
  }

  private static SystemConfig config(ShopPlace place) throws IOException, ConfigException {
    ShopConfig.write(place);
    return new ConfigLoader(List.of(new ReleaseDirectoryKind()), _ -> null, new Cel())
        .load(place.config(), Optional.empty());
  }

  private int run(DemoOptions options) {
    return Demo.run(
        options, new PrintStream(said, true, StandardCharsets.UTF_8), InstantSource.system());
  }
}
