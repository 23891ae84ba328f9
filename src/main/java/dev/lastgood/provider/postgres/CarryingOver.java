package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.salvage.Departure;
import dev.lastgood.database.salvage.Mark;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.database.salvage.Round;
import dev.lastgood.database.salvage.Salvage;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Carries what users wrote since the snapshot from the live database into the restored one, round
/// by round: the first compares everything, the next ones look at what was written meanwhile.
final class CarryingOver {
  private static final int TABLES_AT_ONCE = 2;

  /// A remainder this small is left to the last round, while writers wait.
  private static final long SMALL = 500;

  private static final int ROUNDS = 5;

  /// In the place of the id of a noting.
  private static final String NONE = "-";

  /// With transactions of users that hold a table while it is being made ready.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Server server;
  private final Path files;
  private final InstantSource clock;

  /// @param files folder in which the rows go that do not fit
  CarryingOver(Server server, Path files, InstantSource clock) {
    this.server = server;
    this.files = files;
    this.clock = clock;
  }

  /// What was carried over so far into one restored database. The mark is kept, so that the round
  /// of another process is a short one, too; without it everything would be compared once more.
  static final class Progress {
    private Optional<Mark> mark = Optional.empty();
    private long applied;
    private long leftOut;
    private final List<String> folders = new ArrayList<>();

    private void add(Round round) {
      mark = Optional.of(round.mark());
      applied += round.applied();
      leftOut += round.leftOutRows();
      round.leftOut().ifPresent(f -> folders.add(f.toString()));
    }

    /// `90 rows written since were carried over, 2 were left out into /…`.
    String inWords() {
      return applied
          + (applied == 1 ? " change" : " changes")
          + " of users carried over"
          + (leftOut == 0
              ? ""
              : ", " + leftOut + " left out, with the reasons, into " + String.join(", ", folders));
    }
  }

  /// From the live database into the one beside it, with connections of its own.
  final class Way implements AutoCloseable {
    private final Standing live;
    private final Standing beside;
    private final Salvage.Rounds rounds;
    private final Progress progress = new Progress();
    private Optional<String> notNoted = Optional.empty();

    private Way(Standing live, Standing beside, Salvage.Rounds rounds) {
      this.live = live;
      this.beside = beside;
      this.rounds = rounds;
      progress.mark = kept(beside);
    }

    /// Rounds until little is left. Writers go on.
    ///
    /// @throws DatabaseTrouble when one failed; nothing of that round was kept
    Progress catchUp() throws DatabaseTrouble, IOException, InterruptedException {
      notNoted = rounds.note(PATIENCE);
      for (int n = 0; n < ROUNDS; n++) {
        if (round().found() <= SMALL) {
          break;
        }
      }
      return progress;
    }

    /// One round more.
    Round round() throws DatabaseTrouble, IOException, InterruptedException {
      Round round = last();
      Mark mark = round.mark();
      String noting = mark.noting().isEmpty() ? NONE : mark.noting();
      AtomicFiles.write(
          marks(beside),
          String.join(
              " ",
              mark.system(),
              Long.toString(mark.database()),
              Long.toString(mark.transaction()),
              noting));
      return round;
    }

    /// The same in a hurry, with nobody who writes: its mark is not written down. Who begins anew
    /// begins from the mark before, and finds a little more than there is.
    Round last() throws DatabaseTrouble, IOException, InterruptedException {
      Files.createDirectories(files);
      Round round = rounds.round(progress.mark, folder(beside));
      progress.add(round);
      return round;
    }

    /// Why the last round has to read the tables; empty when it knows what was written.
    Optional<String> notNoted() {
      return notNoted;
    }

    /// The live database is as nobody had been there.
    void leaveNothing() throws DatabaseTrouble, InterruptedException {
      rounds.noteNoMore(PATIENCE);
    }

    String inWords() {
      return progress.inWords();
    }

    Standing live() {
      return live;
    }

    Standing beside() {
      return beside;
    }

    @Override
    public void close() {
      rounds.close();
    }
  }

  /// @param departure what was noted when the restored state was that of the live database
  Way open(Standing live, Standing beside, Optional<Departure> departure)
      throws DatabaseTrouble, PlatformUnreachable {
    var salvage = new Salvage(of(beside.name()), of(live.name()), Policy.usual(), TABLES_AT_ONCE);
    return new Way(live, beside, departure.map(salvage::since).orElse(salvage).open());
  }

  private Path marks(Standing beside) {
    return files.resolve("mark-" + beside.oid());
  }

  private Optional<Mark> kept(Standing beside) {
    try {
      String[] words = AtomicFiles.read(marks(beside), 200).strip().split(" ", 3);
      return Optional.of(
          new Mark(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]), words[3]));
    } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
      return Optional.empty(); // then everything is compared
    }
  }

  private Path folder(Standing beside) {
    String name = Snapshots.stamp(clock.instant()) + "-" + beside.oid();
    Path folder = files.resolve(name);
    for (int n = 2; Files.exists(folder); n++) {
      folder = files.resolve(name + "-" + n);
    }
    return folder;
  }

  private DatabaseUrl of(String database) throws PlatformUnreachable {
    String url = server.url().whole(database);
    return new DatabaseUrl(new Secret(database, () -> url));
  }
}
