package dev.lastgood.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Constellation;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConstellationJsonTest {
  @Test
  void what_was_written_is_read_back() {
    Constellation live =
        Constellation.of(
            Release.of("backend", "v\"2\\ \n{}"),
            new Release(
                "id",
                "releases",
                new Origin(
                    Optional.of("1.4.2"),
                    Optional.of("1a2b3c4"),
                    Optional.of("ab"),
                    Optional.of("7")),
                Optional.of(Instant.parse("2026-11-21T14:13:10.180215363Z"))));
    assertThat(ConstellationJson.read(ConstellationJson.write(live))).isEqualTo(live);
    assertThat(ConstellationJson.read(ConstellationJson.write(Constellation.EMPTY)))
        .isEqualTo(Constellation.EMPTY);
  }

  @Test
  void what_earlier_versions_wrote_is_read() {
    assertThat(
            ConstellationJson.read(
                """
                {"releases":{"app":{"component":"app","id":"v2","origin":{"version":null,"commit":"c",\
                "configHash":null,"schemaRevision":null},"since":"2026-11-21T14:13:10Z"}}}\
                """))
        .isEqualTo(
            Constellation.of(
                new Release(
                    "app",
                    "v2",
                    new Origin(
                        Optional.empty(), Optional.of("c"), Optional.empty(), Optional.empty()),
                    Optional.of(Instant.parse("2026-11-21T14:13:10Z")))));
  }

  @Test
  void half_a_constellation_is_none() {
    assertThatThrownBy(
            () -> ConstellationJson.read("{\"releases\":{\"app\":{\"component\":\"app\""))
        .isInstanceOf(tools.jackson.core.JacksonException.class);
    assertThatThrownBy(() -> ConstellationJson.read("{\"releases\":{\"app\":{\"id\":\"v2\"}}}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
