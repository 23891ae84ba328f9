package dev.lastgood.provider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// What "a host" means, as tests: its files answer as those of this machine do, with the same
/// exceptions, and its commands as [Argv] says.
@DisplayNameGeneration(ReplaceUnderscores.class)
public interface HostContract {
  Host host() throws Exception;

  /// An empty folder on it, by its own path.
  Path folder() throws Exception;

  List<String> HOSTILE =
      List.of(
          "plain",
          "with space",
          "it's",
          "$(touch pwned)",
          "`touch pwned`",
          "-rf",
          "*",
          "~",
          "a\nb",
          "tail\n",
          "ü☂",
          "\"",
          "\\",
          ";&|<>()",
          "..x",
          ".hidden");

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Argv argv(String... words) {
    return Argv.of(Duration.ofSeconds(20), words);
  }

  @Test
  default void a_file_is_written_whole_and_read_back_byte_for_byte() throws Exception {
    byte[] all = new byte[700_000];
    new Random(7).nextBytes(all);
    Path folder = folder();
    Path file = folder.resolve("bytes");

    AtomicFiles.write(file, all);

    assertThat(Files.readAllBytes(file)).isEqualTo(all);
    assertThat(Files.size(file)).isEqualTo(all.length);
    assertThat(names(folder)).containsExactly("bytes");
  }

  @Test
  default void empty_files_and_files_that_end_in_line_breaks_stay_what_they_are() throws Exception {
    Path folder = folder();
    for (String content : List.of("", "\n", "a\n\n\n", "\0", "no end of line")) {
      Path file = folder.resolve("f");
      AtomicFiles.write(file, bytes(content));
      assertThat(Files.readAllBytes(file)).isEqualTo(bytes(content));
    }
  }

  @Test
  default void a_new_file_is_for_its_owner_and_a_replaced_one_keeps_its_mode() throws Exception {
    Path file = folder().resolve("f");
    AtomicFiles.write(file, bytes("1"));
    assertThat(mode(file)).isEqualTo("rw-------");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
    AtomicFiles.write(file, bytes("2"));

    assertThat(mode(file)).isEqualTo("rwxr-x--x");
    assertThat(Files.readString(file)).isEqualTo("2");
  }

  @Test
  default void writing_through_a_link_replaces_what_it_points_at() throws Exception {
    Path folder = folder();
    AtomicFiles.write(folder.resolve("real"), bytes("1"));
    Files.createSymbolicLink(folder.resolve("link"), folder.getFileSystem().getPath("real"));

    AtomicFiles.write(folder.resolve("link"), bytes("2"));

    assertThat(Files.isSymbolicLink(folder.resolve("link"))).isTrue();
    assertThat(Files.readString(folder.resolve("real"))).isEqualTo("2");
  }

  @Test
  default void a_folder_that_is_not_there_is_said_when_a_file_is_written() throws Exception {
    Path file = folder().resolve("none/f");

    assertThatThrownBy(() -> AtomicFiles.write(file, bytes("x"))).isInstanceOf(IOException.class);
  }

  @Test
  default void a_link_is_pointed_elsewhere_in_one_step_and_never_replaces_a_folder()
      throws Exception {
    Path folder = folder();
    Path link = folder.resolve("current");
    Files.createDirectories(folder.resolve("releases/v1"));
    AtomicFiles.link(link, folder.getFileSystem().getPath("releases/v2"));
    AtomicFiles.link(link, folder.getFileSystem().getPath("releases/v1"));

    assertThat(Files.readSymbolicLink(link).toString()).isEqualTo("releases/v1");
    assertThat(link.toRealPath()).isEqualTo(folder.toRealPath().resolve("releases/v1"));
    assertThatThrownBy(() -> AtomicFiles.link(folder.resolve("releases"), link))
        .isInstanceOf(IOException.class);
    assertThat(names(folder)).containsExactly("current", "releases");
  }

  @Test
  default void hostile_names_are_names_and_nothing_else() throws Exception {
    Path folder = folder();
    for (String name : HOSTILE) {
      Path dir = Files.createDirectory(folder.resolve(name));
      AtomicFiles.write(dir.resolve(name), bytes(name));
      Files.createSymbolicLink(folder.resolve(name + ".link"), dir.getFileName());
    }
    Set<String> expected = new TreeSet<>(HOSTILE);
    HOSTILE.forEach(n -> expected.add(n + ".link"));

    assertThat(names(folder)).isEqualTo(expected);
    for (String name : HOSTILE) {
      Path dir = folder.resolve(name);
      assertThat(Files.isDirectory(dir)).as(name).isTrue();
      assertThat(Files.readString(dir.resolve(name))).isEqualTo(name);
      assertThat(Files.readSymbolicLink(folder.resolve(name + ".link")).toString()).isEqualTo(name);
      assertThat(folder.resolve(name + ".link").toRealPath()).isEqualTo(dir.toRealPath());
      host().removeTree(dir);
      Files.delete(folder.resolve(name + ".link"));
    }
    assertThat(names(folder)).isEmpty();
  }

  @Test
  default void what_is_not_there_is_said_so() throws Exception {
    Path none = folder().resolve("none");

    assertThat(Files.exists(none)).isFalse();
    assertThat(Files.notExists(none)).isTrue();
    assertThatThrownBy(() -> Files.readAllBytes(none)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Files.readAttributes(none, BasicFileAttributes.class))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(none::toRealPath).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Files.delete(none)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> names(none)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> Files.readSymbolicLink(none)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(
            () -> Files.move(none, none.resolveSibling("x"), StandardCopyOption.ATOMIC_MOVE))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(Files.deleteIfExists(none)).isFalse();
  }

  @Test
  default void what_is_something_else_is_said_so() throws Exception {
    Path folder = folder();
    Path file = folder.resolve("file");
    AtomicFiles.write(file, bytes("x"));
    Files.createDirectories(folder.resolve("full/x"));

    assertThatThrownBy(() -> names(file)).isInstanceOf(NotDirectoryException.class);
    assertThatThrownBy(() -> Files.readSymbolicLink(file)).isInstanceOf(NotLinkException.class);
    assertThatThrownBy(() -> Files.createDirectory(file))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> Files.createSymbolicLink(file, file))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> Files.createLink(folder.resolve("full/x"), file))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThatThrownBy(() -> Files.delete(folder.resolve("full")))
        .isInstanceOf(DirectoryNotEmptyException.class);
    assertThatThrownBy(() -> Files.readAllBytes(folder)).isInstanceOf(IOException.class);
  }

  @Test
  default void a_link_that_leads_nowhere_is_a_link_all_the_same() throws Exception {
    Path folder = folder();
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, folder.getFileSystem().getPath("nowhere"));

    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.exists(link)).isFalse();
    assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(names(folder)).containsExactly("link");
    assertThatThrownBy(() -> Files.newInputStream(link, LinkOption.NOFOLLOW_LINKS).read())
        .isInstanceOf(IOException.class);
    Files.delete(link);
    assertThat(names(folder)).isEmpty();
  }

  @Test
  default void a_rename_replaces_and_a_hard_link_is_the_same_file() throws Exception {
    Path folder = folder();
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    AtomicFiles.write(one, bytes("1"));
    Files.createLink(two, one);
    assertThat(Files.isSameFile(one, two)).isTrue();
    assertThat(Files.readAttributes(two, BasicFileAttributes.class).fileKey())
        .isEqualTo(Files.readAttributes(one, BasicFileAttributes.class).fileKey());
    AtomicFiles.write(one, bytes("2"));

    Files.move(one, two, StandardCopyOption.ATOMIC_MOVE);

    assertThat(Files.readString(two)).isEqualTo("2");
    assertThat(names(folder)).containsExactly("two");
  }

  @Test
  default void a_folder_is_renamed_and_the_link_of_a_folder_is_not_entered() throws Exception {
    Path folder = folder();
    Files.createDirectories(folder.resolve("a/inside"));
    Files.createSymbolicLink(folder.resolve("link"), folder.getFileSystem().getPath("a"));
    Files.createDirectory(folder.resolve("b"));

    Files.move(folder.resolve("link"), folder.resolve("moved"), StandardCopyOption.ATOMIC_MOVE);
    Files.move(folder.resolve("a"), folder.resolve("b"), StandardCopyOption.ATOMIC_MOVE);

    assertThat(names(folder)).containsExactly("b", "moved");
    assertThat(names(folder.resolve("b"))).containsExactly("inside");
  }

  @Test
  default void a_copy_has_the_times_and_the_mode() throws Exception {
    Path folder = folder();
    Path one = folder.resolve("one");
    AtomicFiles.write(one, bytes("1"));
    Files.setPosixFilePermissions(one, PosixFilePermissions.fromString("r-xr-----"));
    FileTime then = FileTime.from(Instant.parse("2026-11-01T10:00:00.123456Z"));
    Files.setLastModifiedTime(one, then);

    Files.copy(one, folder.resolve("two"), StandardCopyOption.COPY_ATTRIBUTES);

    assertThat(Files.getLastModifiedTime(folder.resolve("two"))).isEqualTo(then);
    assertThat(mode(folder.resolve("two"))).isEqualTo("r-xr-----");
    assertThat(Files.getOwner(folder.resolve("two"))).isEqualTo(Files.getOwner(one));
    assertThatThrownBy(() -> Files.copy(one, folder.resolve("two")))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  default void the_time_of_the_last_change_cannot_be_set_back() throws Exception {
    Path file = folder().resolve("f");
    AtomicFiles.write(file, bytes("1"));
    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));

    var changed = (FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS);

    assertThat(changed.toInstant()).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
    assertThat(Files.getLastModifiedTime(file).toMillis()).isZero();
  }

  @Test
  default void a_log_is_read_from_its_end() throws Exception {
    Path file = folder().resolve("log");
    byte[] all = new byte[600_000];
    Arrays.fill(all, (byte) 'a');
    System.arraycopy(bytes("the end"), 0, all, all.length - 7, 7);
    AtomicFiles.write(file, all);

    assertThat(LogFile.tail(file, 0, 10)).isEqualTo("aaathe end");
    assertThat(LogFile.tail(file, 599_995, 100)).isEqualTo("e end");
    assertThat(LogFile.tail(file, 0, 300_000)).hasSize(300_000).endsWith("the end");
  }

  @Test
  default void folders_are_made_with_all_above_them_and_for_their_owner() throws Exception {
    Path folder = folder().resolve("a/b/c");

    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.createDirectories(folder);

    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(Files.isDirectory(folder)).isTrue();
  }

  @Test
  default void a_tree_is_removed_and_links_in_it_are_not_followed() throws Exception {
    Path folder = folder();
    AtomicFiles.write(folder.resolve("stays"), bytes("x"));
    Path tree = Files.createDirectories(folder.resolve("tree/deep"));
    AtomicFiles.write(tree.resolve("file"), bytes("x"));
    Files.createSymbolicLink(tree.resolve("out"), folder);

    host().removeTree(folder.resolve("tree"));

    assertThat(names(folder)).containsExactly("stays");
  }

  @Test
  default void a_glance_sees_what_is_there() throws Exception {
    Path shelf = Files.createDirectory(folder().resolve("shelf"));
    for (String name : HOSTILE) {
      Path dir = Files.createDirectory(shelf.resolve(name));
      AtomicFiles.write(dir.resolve("whole"), bytes("\0" + name + "\0"));
      AtomicFiles.write(dir.resolve("large"), new byte[5000]);
      Files.createSymbolicLink(dir.resolve("link"), dir.resolve("whole"));
    }
    Files.createDirectory(shelf.resolve("empty"));
    AtomicFiles.write(shelf.resolve("file"), bytes(""));
    Path link = Files.createSymbolicLink(folder().resolve("it's"), shelf.resolve("-rf"));
    Path nowhere = Files.createSymbolicLink(folder().resolve("nowhere"), shelf.resolve("none"));
    Path arrow =
        Files.createSymbolicLink(folder().resolve("a -> b\n"), Path.of("c\n -> 'd' -> e\n"));
    var files =
        new ArrayList<>(
            List.of(link, nowhere, arrow, shelf, shelf.resolve("file"), shelf.resolve("none")));
    HOSTILE.forEach(name -> files.add(shelf.resolve(name)));
    var glance =
        new Glance(
            files,
            List.of(folder(), shelf.resolve("file"), shelf.resolve("none")),
            List.of(shelf),
            Stream.of("whole", "large", "link", "none").map(Path::of).toList());
    List<Path> all = new ArrayList<>(glance.files());
    try (DirectoryStream<Path> children = Files.newDirectoryStream(shelf)) {
      for (Path child : children) {
        all.addAll(List.of(child, child.resolve(".")));
        glance.within().forEach(w -> all.add(child.resolve(w)));
      }
    }

    Map<Path, List<String>> seen = host().glance(glance, () -> facts(all));

    assertThat(seen).isEqualTo(facts(all));
    assertThat(String.valueOf(seen.get(link))).contains("-rf", "isDirectory=true");
    assertThat(String.valueOf(seen.get(nowhere))).contains("NoSuchFileException");
  }

  private static Map<Path, List<String>> facts(List<Path> all) {
    Map<Path, List<String>> facts = new TreeMap<>();
    for (Path path : all) {
      facts.put(
          path,
          List.of(
              fact(() -> attributes(path)),
              fact(() -> attributes(path, LinkOption.NOFOLLOW_LINKS)),
              fact(path::toRealPath),
              fact(() -> Files.isSymbolicLink(path) ? Files.readSymbolicLink(path) : "no link"),
              fact(() -> Files.isReadable(path) + " " + Files.isExecutable(path)),
              fact(() -> Files.exists(path)),
              fact(() -> Files.isDirectory(path) ? names(path) : "no folder"),
              fact(() -> Arrays.toString(Files.readAllBytes(path))),
              fact(() -> {
                try (var in = Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS)) {
                  return Arrays.toString(in.readNBytes(100));
                }
              })));
    }
    return facts;
  }

  private static String attributes(Path path, LinkOption... how) throws IOException {
    var seen = Files.readAttributes(path, BasicFileAttributes.class, how);
    return seen.fileKey()
        + " "
        + seen.size()
        + " "
        + seen.lastModifiedTime()
        + " "
        + seen.creationTime()
        + " isDirectory="
        + seen.isDirectory()
        + " "
        + seen.isSymbolicLink()
        + seen.isRegularFile();
  }

  /// What it answers, or how it fails.
  private static String fact(Callable<?> question) {
    try {
      return String.valueOf(question.call());
    } catch (Exception e) {
      return e instanceof FileSystemException f
          ? f.getClass().getSimpleName() + f.getFile()
          : "" + e.getClass();
    }
  }

  @Test
  default void what_was_changed_is_not_hidden_by_a_glance_before() throws Exception {
    Path folder = folder();
    Path shelf = Files.createDirectory(folder.resolve("shelf"));
    Path link = folder.resolve("link");
    AtomicFiles.link(link, Path.of("one"));
    var glance = new Glance(List.of(link), List.of(), List.of(shelf), List.of(Path.of("f")));

    host()
        .glance(
            glance,
            () -> {
              assertThat(Files.readSymbolicLink(link).toString()).isEqualTo("one");
              AtomicFiles.link(link, Path.of("two"));
              assertThat(Files.readSymbolicLink(link).toString()).isEqualTo("two");
              host().glance(glance, () -> names(shelf));
              assertThat(host().run(argv("mkdir", shelf.resolve("made").toString())))
                  .isEqualTo(new Argv.End.Exited(0, ""));
              assertThat(names(shelf)).containsExactly("made");
              AtomicFiles.write(shelf.resolve("made/f"), bytes("1"));
              return host().glance(glance, () -> Files.readString(shelf.resolve("made/f")));
            });
  }

  @Test
  default void a_command_gets_its_words_as_they_are() throws Exception {
    for (String word : HOSTILE) {
      assertThat(host().run(argv("printf", "%s", word))).isEqualTo(new Argv.End.Exited(0, word));
    }
  }

  @Test
  default void exit_codes_and_both_streams_come_back() throws Exception {
    assertThat(host().run(argv("sh", "-c", "echo out; echo err >&2; exit 7")))
        .isEqualTo(new Argv.End.Exited(7, "out\nerr\n"));
  }

  @Test
  default void a_program_that_is_not_there_never_started() throws Exception {
    assertThat(host().run(argv("no-such-program-here"))).isInstanceOf(Argv.End.NotStarted.class);
    assertThat(host().run(argv("sh", "-c", "exit 127"))).isEqualTo(new Argv.End.Exited(127, ""));
  }

  @Test
  default void a_command_that_takes_too_long_is_cut_off_with_what_it_started() throws Exception {
    Path file = folder().resolve("late");
    var slow =
        Argv.of(
            Duration.ofMillis(300),
            "sh",
            "-c",
            "echo began; (sleep 5; echo x > '" + file + "') & wait");

    Argv.End end = host().run(slow);

    assertThat(end).isInstanceOf(Argv.End.CutOff.class);
    assertThat(end.output()).isEqualTo("began\n");
  }

  @Test
  default void a_command_runs_in_its_folder_with_its_variables() throws Exception {
    Path folder = Files.createDirectory(folder().resolve("it's here"));
    var where =
        new Argv(
            List.of("sh", "-c", "pwd; printf %s \"$SECRET\""),
            Optional.of(folder),
            Map.of("SECRET", "a'b\n$c"),
            Duration.ofSeconds(20));

    assertThat(host().run(where))
        .isEqualTo(new Argv.End.Exited(0, folder.toRealPath() + "\na'b\n$c"));
  }

  @Test
  default void only_the_end_of_a_long_output_is_kept() throws Exception {
    Argv.End end =
        host().run(argv("sh", "-c", "head -c 300000 /dev/zero | tr '\\0' a; echo; echo end"));

    assertThat(end.output()).endsWith("a\nend\n").hasSizeLessThanOrEqualTo(64 * 1024);
  }

  @Test
  default void what_a_command_leaves_running_does_not_hold_the_answer() throws Exception {
    var leaving = argv("sh", "-c", "sleep 2 & echo left");

    assertThat(host().run(leaving)).isEqualTo(new Argv.End.Exited(0, "left\n"));
    assertThat(host().run(argv("echo", "next"))).isEqualTo(new Argv.End.Exited(0, "next\n"));
  }

  @Test
  default void a_file_one_may_not_read_is_said_so() throws Exception {
    if (System.getProperty("user.name").equals("root")) {
      return; // root may read everything; InventoryTest tries it as another user
    }
    Path file = folder().resolve("f");
    AtomicFiles.write(file, bytes("x"));
    Files.setPosixFilePermissions(file, Set.of());

    assertThatThrownBy(() -> Files.readAllBytes(file)).isInstanceOf(AccessDeniedException.class);
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static Set<String> names(Path folder) throws IOException {
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      all.forEach(p -> names.add(p.getFileName().toString()));
    }
    return names;
  }
}
