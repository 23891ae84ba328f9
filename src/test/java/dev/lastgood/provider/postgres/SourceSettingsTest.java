package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.BadSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Settings of sources that cannot work are refused when the configuration is read.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SourceSettingsTest {
  @TempDir Path dir;

  private void refused(Going.Kept kept, String word) {
    assertThatThrownBy(() -> kept.in(dir))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining(word);
  }

  private static Going.Kept kept(SnapshotAs... as) {
    return new Going.Kept("postgres://a@127.0.0.1:1/shop", as);
  }

  private static ArchiveSettings archive(String stanza, String base, String command, String time) {
    return new ArchiveSettings(
        Optional.of(stanza).filter(s -> !s.isEmpty()),
        Optional.empty(),
        Optional.of(base).filter(s -> !s.isEmpty()).map(Path::of),
        Optional.of(command).filter(s -> !s.isEmpty()),
        List.of(time),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void a_point_that_nobody_could_bring_back() {
    refused(kept(SnapshotAs.POINT), "needs a `replica` or an `archive`");
  }

  @Test
  void a_replica_that_nobody_can_restart() {
    refused(
        kept()
            .with(
                new ReplicaSettings(
                    new Secret("${env:REPLICA_URL}", () -> ""), List.of(), Optional.empty())),
        "how it is restarted");
  }

  @Test
  void an_archive_that_is_neither_or_both() {
    String time = "2026-11-21T10:10:00Z";
    refused(kept().with(archive("", "", "", time)), "either a `stanza`");
    refused(kept().with(archive("", "/base", "", time)), "either a `stanza`");
    refused(kept().with(archive("main", "/base", "cp", time)), "either a `stanza`");
  }

  @Test
  void a_moment_without_a_zone() {
    refused(kept().with(archive("main", "", "", "2026-11-21 10:10")), "no moment like");
  }
}
