package dev.lastgood.evidence;

import dev.lastgood.model.Secret;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Capturable.Exhibit;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.run.RunId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What was captured in each run, as files of their own: one folder for each run, an index with a
/// digest for each file, readable by nobody else. Nothing is overwritten, and what cannot be kept
/// is said and never ends a run.
public final class Bundle {
  /// What one run may keep.
  public static final long USUAL_LIMIT = 64L << 20;

  private static final int MOST_EXHIBITS = 1000;

  /// Less than this is not worth a file.
  private static final int SMALLEST_ROOM = 200;

  private final Path folder;
  private final InstantSource clock;
  private final List<Secret> secrets;
  private final long limit;

  /// @param folder of all bundles; made when the first one is
  /// @param secrets every secret of the configuration: their values are hidden in what is kept
  /// @param limit bytes that one run may keep
  public Bundle(Path folder, InstantSource clock, Collection<Secret> secrets, long limit) {
    this.folder = folder;
    this.clock = clock;
    this.secrets = List.copyOf(secrets);
    this.limit = limit;
  }

  /// What came of keeping.
  ///
  /// @param names under which exhibits are kept now
  /// @param troubles what could not be kept and why, for people; empty when all is kept whole
  public record Kept(List<String> names, List<String> troubles) {
    public Kept {
      names = List.copyOf(names);
      troubles = List.copyOf(troubles);
    }

    /// All of it, for people.
    public List<String> lines() {
      var lines = new ArrayList<>(names);
      lines.addAll(troubles);
      return lines;
    }
  }

  /// Keeps exhibits. One that is there already, from the same place with the same text, is not kept
  /// twice: a step that was cut off does its work again.
  public synchronized Kept keep(RunId run, List<Exhibit> exhibits) {
    var names = new ArrayList<String>();
    var troubles = new ArrayList<String>();
    Optional<Index> read = Optional.empty();
    try {
      read = Optional.of(open(run));
    } catch (IOException e) {
      troubles.add("nothing could be kept in " + folderOf(run) + ": " + Disk.words(e));
    }
    if (read.isPresent()) {
      Index index = read.get();
      var masks = Masks.of(secrets);
      for (Exhibit exhibit : exhibits) {
        index = keep(run, index, exhibit, masks, names, troubles);
      }
    }
    return new Kept(names, troubles);
  }

  private Index keep(
      RunId run,
      Index index,
      Exhibit exhibit,
      Masks masks,
      List<String> names,
      List<String> troubles) {
    String wanted = FileNames.plain(masks.hide(exhibit.name()));
    String text = SecretShapes.hide(masks.hide(exhibit.text()));
    String from = Text.clip(Text.plain(SecretShapes.hide(masks.hide(exhibit.from()))), 400);
    long room = limit - index.bytes();
    byte[] bytes = Newest.of(text, room);
    Optional<Index.Piece> same = index.same(wanted, from, Index.sha256(bytes));
    if (same.isPresent()) {
      names.add(same.get().name());
      return index;
    }
    if (index.pieces().size() >= MOST_EXHIBITS || room < SMALLEST_ROOM) {
      troubles.add(wanted + " is not kept: the evidence of this run has reached its limit");
      return index;
    }
    try {
      String name = FileNames.free(folderOf(run), wanted);
      AtomicFiles.write(folderOf(run).resolve(name), bytes);
      long left = text.getBytes(StandardCharsets.UTF_8).length;
      boolean whole = left <= room;
      var piece =
          new Index.Piece(
              name, wanted, from, bytes.length, Index.sha256(bytes), clock.instant(), whole);
      Index next = index.with(piece);
      AtomicFiles.write(folderOf(run).resolve(Index.FILE), next.json());
      names.add(name);
      if (!whole) {
        troubles.add(name + " is kept in part: the evidence of this run has reached its limit");
      }
      return next;
    } catch (IOException e) {
      troubles.add(wanted + " could not be kept: " + Disk.words(e));
      return index;
    }
  }

  private Index open(RunId run) throws IOException {
    Path mine = folderOf(run);
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    Files.createDirectories(folder, owner);
    if (!Files.exists(mine, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(mine, owner);
      AtomicFiles.sync(folder);
    }
    if (!Files.isDirectory(mine, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("it is not a folder");
    }
    return index(run);
  }

  /// Names of what is kept, oldest first; empty when nothing is, or the index cannot be read.
  public List<String> kept(RunId run) {
    try {
      return index(run).pieces().stream().map(Index.Piece::name).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /// What is kept, with place, size and time of each.
  ///
  /// @throws IOException if the index is there and cannot be read; says what is wrong with it
  public Index index(RunId run) throws IOException {
    Path file = folderOf(run).resolve(Index.FILE);
    try {
      return Index.read(AtomicFiles.read(file, 16 << 20));
    } catch (NoSuchFileException e) {
      return new Index(Index.SCHEMA, List.of());
    }
  }

  /// The text of one exhibit.
  ///
  /// @throws IOException if there is none of this name, or it was changed after it was kept
  public String read(RunId run, String name) throws IOException {
    Index.Piece piece =
        index(run).pieces().stream()
            .filter(p -> p.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IOException("run " + run + " has no exhibit " + name));
    Optional<String> wrong = wrong(run, piece);
    if (wrong.isPresent()) {
      throw new IOException(wrong.get());
    }
    return Files.readString(folderOf(run).resolve(piece.name()));
  }

  /// Reads every file again.
  ///
  /// @return what was changed, removed or added since; empty when all is as it was kept
  public List<String> verify(RunId run) {
    var problems = new ArrayList<String>();
    try {
      Index index = index(run);
      for (Index.Piece piece : index.pieces()) {
        wrong(run, piece).ifPresent(problems::add);
      }
      problems.addAll(strangers(run, index));
    } catch (IOException e) {
      problems.add("the evidence of run " + run + " cannot be read: " + Disk.words(e));
    }
    return problems;
  }

  /// SHA-256 of the index as it is now, and thereby of everything in it. Written into the journal,
  /// whose entries cannot be changed unseen, it makes a change of the index itself visible. Empty
  /// when nothing is kept.
  public Optional<String> seal(RunId run) {
    try {
      return Optional.of(Index.sha256(Files.readAllBytes(folderOf(run).resolve(Index.FILE))));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<String> wrong(RunId run, Index.Piece piece) throws IOException {
    // A name out of an index that somebody changed must not lead elsewhere.
    if (!piece.name().equals(FileNames.plain(piece.name()))) {
      return Optional.of(
          "the index names a file that is none of ours: " + Text.plain(piece.name()));
    }
    Path file = folderOf(run).resolve(piece.name());
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(piece.name() + " is gone");
    }
    boolean same =
        Files.size(file) == piece.bytes()
            && Index.sha256(Files.readAllBytes(file)).equals(piece.sha256());
    return same ? Optional.empty() : Optional.of(piece.name() + " was changed after it was kept");
  }

  private List<String> strangers(RunId run, Index index) throws IOException {
    var problems = new ArrayList<String>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folderOf(run))) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        boolean known =
            name.equals(Index.FILE)
                || name.startsWith(".")
                || index.pieces().stream().anyMatch(p -> p.name().equals(name));
        if (!known) {
          problems.add(
              Text.plain(name)
                  + " is not in the index: put there by hand, or Lastgood was"
                  + " stopped while it kept it");
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    }
    problems.sort(null);
    return problems;
  }

  /// Where the evidence of a run is, for people.
  public Path folderOf(RunId run) {
    return folder.resolve(FileNames.plain(run.value()));
  }
}
