package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MarkerTest {
  @Test
  void every_part_is_read_back_from_the_comment() {
    var marker =
        new Marker("our shop\nof books", "shop", "v 1]", Marker.State.CARRIED, "one two", true);

    assertThat(Marker.in(marker.comment())).contains(marker);
    assertThat(Marker.in(marker.with(Marker.State.SERVED).comment()))
        .contains(marker.with(Marker.State.SERVED));
  }

  @Test
  void a_comment_of_an_earlier_version_lies_behind_nothing() {
    assertThat(Marker.in("[lastgood of=shop release=v1 state=RESTORED]"))
        .contains(new Marker("", "shop", "v1", Marker.State.RESTORED));
  }
}
