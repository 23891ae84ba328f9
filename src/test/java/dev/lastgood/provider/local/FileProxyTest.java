package dev.lastgood.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class FileProxyTest {
  private static final String OLD = "127.0.0.1:8081";
  private static final String NEW = "127.0.0.1:8082";

  @TempDir Path dir;
  private Path file;
  private HttpServer door;
  private volatile Supplier<String> saying = () -> "";

  /// A door that says what the test wants it to say.
  @BeforeEach
  void open() throws IOException {
    file = dir.resolve("upstream");
    Files.writeString(file, "backend " + OLD + ";\n");
    Files.createDirectories(dir.resolve("state"));
    door = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    door.createContext(
        "/address",
        exchange -> {
          byte[] body = saying.get().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    door.start();
  }

  @AfterEach
  void close() {
    door.stop(0);
  }

  private Proxy proxy(List<String> test, List<String> reload, boolean readBack) {
    return new FileProxySettings(
            Path.of("upstream"),
            "backend {address};\n",
            test,
            reload,
            readBack ? Optional.of(address()) : Optional.empty())
        .open(new Surroundings(dir, dir.resolve("state"), InstantSource.system()));
  }

  private String address() {
    return "http://127.0.0.1:" + door.getAddress().getPort() + "/address";
  }

  private Proxy plain() {
    return proxy(List.of(), List.of(), false);
  }

  /// A door that reads its file at every question.
  private String addressInFile() {
    try {
      return Files.readString(file).replace("backend ", "").replace(";", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void the_file_holds_the_template_with_the_address() throws Exception {
    assertThat(plain().target()).contains(OLD);

    assertThat(plain().route(NEW)).isInstanceOf(Outcome.Done.class);

    assertThat(file).hasContent("backend " + NEW + ";\n");
    assertThat(plain().target()).contains(NEW);
  }

  @Test
  void mode_stays_and_nothing_is_left_beside_the_file() throws Exception {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    plain().route(NEW);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    assertThat(dir).isDirectoryNotContaining("glob:**lastgood*");
  }

  @Test
  void a_file_that_is_not_like_the_template_names_no_address() throws Exception {
    Files.writeString(file, "backend somewhere else\n");

    assertThat(plain().target()).isEmpty();
    assertThat(plain().route(NEW)).isInstanceOf(Outcome.Done.class);
    assertThat(plain().target()).contains(NEW);
  }

  @Test
  void a_file_that_is_not_there_is_an_environment_problem_and_is_made_by_routing()
      throws Exception {
    Files.delete(file);
    assertThatThrownBy(plain()::target)
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("is not there");

    assertThat(plain().route(NEW)).isInstanceOf(Outcome.Done.class);

    assertThat(plain().target()).contains(NEW);
  }

  @Test
  void the_door_itself_is_asked_and_not_the_file() throws Exception {
    saying = () -> NEW + "\n";

    assertThat(proxy(List.of(), List.of(), true).target()).contains(NEW);
  }

  @Test
  void routing_is_done_when_the_door_says_so() {
    saying = this::addressInFile;

    Outcome outcome = proxy(List.of(), List.of(), true).route(NEW);

    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    assertThat(((Outcome.Done) outcome).receipt()).endsWith("/address says " + NEW);
  }

  @Test
  void a_door_that_goes_on_as_before_leaves_it_unknown_and_the_next_attempt_may_do_it()
      throws Exception {
    saying = () -> OLD;

    var impatient =
        new FileProxy(
            dir,
            file,
            "backend {address};\n",
            List.of(),
            List.of(),
            Optional.of(ReadBack.of(address())),
            Duration.ofMillis(50),
            dir.resolve("state"));

    Outcome outcome = impatient.route(NEW);

    assertThat(outcome).isInstanceOf(Outcome.Unknown.class);
    assertThat(((Outcome.Unknown) outcome).reason())
        .contains("still says " + OLD + " instead of " + NEW);
    saying = this::addressInFile;
    assertThat(proxy(List.of(), List.of(), true).route(NEW)).isInstanceOf(Outcome.Done.class);
    assertThat(dir).isDirectoryNotContaining("glob:**lastgood*");
  }

  @Test
  void a_file_that_fails_its_test_is_refused_in_the_testers_words_and_the_old_one_is_back()
      throws Exception {
    Object before = Files.getAttribute(file, "unix:ino");

    Outcome outcome =
        proxy(List.of("grep", "-c", "no such thing", "upstream"), List.of(), false).route(NEW);

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(((Outcome.Refused) outcome).reason())
        .contains("grep -c 'no such thing' upstream refuses it: 0")
        .contains("is as it was");
    assertThat(file).hasContent("backend " + OLD + ";\n");
    assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(before);
    assertThat(dir).isDirectoryNotContaining("glob:**lastgood*");
  }

  @Test
  void a_file_that_was_not_there_and_fails_its_test_is_not_there_again() throws Exception {
    Files.delete(file);

    assertThat(proxy(List.of("false"), List.of(), false).route(NEW))
        .isInstanceOf(Outcome.Refused.class);

    assertThat(file).doesNotExist();
  }

  @Test
  void a_tester_that_is_not_installed_refuses() {
    assertThat(proxy(List.of("no-such-tester"), List.of(), false).route(NEW))
        .isInstanceOf(Outcome.Refused.class);
    assertThat(file).hasContent("backend " + OLD + ";\n");
  }

  @Test
  void a_tester_cannot_write_to_the_terminal_through_us() {
    Outcome outcome =
        proxy(List.of("sh", "-c", "printf 'bad \\033[31mred'; exit 1"), List.of(), false)
            .route(NEW);

    assertThat(((Outcome.Refused) outcome).reason())
        .contains("bad ?[31mred")
        .doesNotContain("\033");
  }

  @Test
  void a_reload_that_fails_while_the_door_goes_on_as_before_is_refused() {
    saying = () -> OLD;

    Outcome outcome = proxy(List.of(), List.of("false"), true).route(NEW);

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(file).hasContent("backend " + OLD + ";\n");
  }

  @Test
  void a_reload_that_fails_without_anybody_to_ask_is_unknown_and_the_file_is_not_believed()
      throws Exception {
    assertThat(proxy(List.of(), List.of("false"), false).route(NEW))
        .isInstanceOf(Outcome.Unknown.class);

    assertThat(plain().target()).isEmpty();
  }

  @Test
  void what_came_through_before_a_crash_is_what_a_later_refusal_goes_back_to() throws Exception {
    // The process died after the reload and before it took the old file away.
    Path aside =
        file.resolveSibling(
            ".upstream.lastgood-before-"
                + ContentId.of(("backend " + NEW + ";\n").getBytes(StandardCharsets.UTF_8)));
    Files.move(file, aside);
    Files.writeString(file, "backend " + NEW + ";\n");
    saying = this::addressInFile;

    assertThat(proxy(List.of("false"), List.of(), true).route("127.0.0.1:9999"))
        .isInstanceOf(Outcome.Refused.class);

    assertThat(file).hasContent("backend " + NEW + ";\n");
  }

  @Test
  void a_file_somebody_repaired_after_a_crash_is_not_overwritten_with_the_old_one()
      throws Exception {
    Files.writeString(
        file.resolveSibling(
            ".upstream.lastgood-before-"
                + ContentId.of(("backend " + NEW + ";\n").getBytes(StandardCharsets.UTF_8))),
        "backend 127.0.0.1:1;\n");
    Files.writeString(file, "backend 127.0.0.1:7777;\n");

    assertThat(plain().target()).contains("127.0.0.1:7777");
    assertThat(proxy(List.of("false"), List.of(), false).route(NEW))
        .isInstanceOf(Outcome.Refused.class);

    assertThat(file).hasContent("backend 127.0.0.1:7777;\n");
    assertThat(dir).isDirectoryNotContaining("glob:**lastgood*");
  }

  @Test
  void a_page_instead_of_an_address_is_an_environment_problem() {
    saying = () -> "<html>welcome</html>";

    assertThatThrownBy(proxy(List.of(), List.of(), true)::target)
        .isInstanceOf(PlatformUnreachable.class)
        .hasMessageContaining("no host:port");
  }

  @Test
  void twenty_who_route_at_once_leave_one_whole_file() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome>> ends =
          IntStream.range(0, 20)
              .mapToObj(i -> threads.submit(() -> plain().route("127.0.0.1:" + (9000 + i))))
              .toList();
      for (Future<Outcome> end : ends) {
        assertThat(end.get()).isInstanceOf(Outcome.Done.class);
      }
    }
    assertThat(plain().target().orElseThrow()).matches("127\\.0\\.0\\.1:90[01]\\d");
    assertThat(dir).isDirectoryNotContaining("glob:**lastgood*");
  }

  @Test
  void a_directory_in_its_place_is_refused() throws Exception {
    Files.delete(file);
    Files.createDirectory(file);

    assertThat(plain().route(NEW)).isInstanceOf(Outcome.Refused.class);
    assertThat(file).isDirectory();
  }

  @Test
  void a_template_without_a_place_for_the_address_is_a_bad_setting() {
    assertThatThrownBy(() ->
            new FileProxySettings(Path.of("f"), "{adress}", List.of(), List.of(), Optional.empty())
                .open(new Surroundings(dir, dir, InstantSource.system())))
        .isInstanceOf(BadSettings.class)
        .hasMessageContaining("{address}");
  }

  @Test
  void a_read_back_that_is_no_url_is_a_bad_setting() {
    for (String url : List.of("file:///etc/passwd", "not a url", "http:///x")) {
      assertThatThrownBy(() ->
              new FileProxySettings(
                      Path.of("f"), "{address}", List.of(), List.of(), Optional.of(url))
                  .open(new Surroundings(dir, dir, InstantSource.system())))
          .isInstanceOf(BadSettings.class);
    }
  }

  @Test
  void what_a_person_would_type_does_the_same() throws Exception {
    String typed = plain().byHand(NEW);

    assertThat(new ProcessBuilder("sh", "-c", typed).start().waitFor()).isZero();

    assertThat(plain().target()).contains(NEW);
  }
}
