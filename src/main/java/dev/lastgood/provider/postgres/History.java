package dev.lastgood.provider.postgres;

import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What was brought up beside the live database before, and how long it took here.
record History(Path file) {
  private static final int KEPT = 50;
  private static final int LARGEST = 1 << 20;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  /// @param form of the source, a [Source.Form]
  record Once(String release, String form, long bytes, long millis, Instant at) {}

  /// Newest first; what cannot be read counts as nothing.
  List<Once> all() {
    try {
      return Files.exists(file)
          ? List.of(MAPPER.readValue(AtomicFiles.read(file, LARGEST), Once[].class))
          : List.of();
    } catch (IOException | JacksonException e) {
      return List.of();
    }
  }

  void add(Source source, long bytes, Duration took, Instant at) throws IOException {
    var all = new ArrayList<>(all());
    all.addFirst(new Once(source.release(), source.form().name(), bytes, took.toMillis(), at));
    Files.createDirectories(file.toAbsolutePath().getParent());
    AtomicFiles.write(file, MAPPER.writeValueAsString(all.subList(0, Math.min(KEPT, all.size()))));
  }

  /// How long it will take, by the last time of this form.
  Optional<Duration> expected(Source source, long bytes) {
    return all().stream()
        .filter(o -> o.form().equals(source.form().name()) && o.bytes() > 0)
        .findFirst()
        .map(o ->
            Duration.ofMillis(Math.max(200, (long) (o.millis() * (bytes / (double) o.bytes())))));
  }

  /// For the plan: what it comes out of, how old and how large that is, and whether it was ever
  /// brought up.
  String says(Source source, long bytes, Instant now) {
    String age = source.at().map(at -> ", " + age(Duration.between(at, now)) + " old").orElse("");
    Optional<Once> tested =
        all().stream()
            .filter(o -> o.release().equals(source.release()))
            .filter(o -> o.form().equals(source.form().name()))
            .findFirst();
    return source.release()
        + " out of "
        + source.from()
        + ": "
        + Ways.megabytes(bytes)
        + age
        + tested
            .map(o -> ", brought up here before, at " + o.at().truncatedTo(ChronoUnit.SECONDS))
            .orElse(", never brought up here yet");
  }

  private static String age(Duration age) {
    if (age.toDays() > 2) {
      return age.toDays() + " days";
    }
    return age.toHours() > 2 ? age.toHours() + " hours" : Math.max(0, age.toMinutes()) + " minutes";
  }
}
