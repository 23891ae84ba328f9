package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.salvage.Confined;
import dev.lastgood.database.salvage.Departure;
import dev.lastgood.database.salvage.Keeping;
import dev.lastgood.database.salvage.Mark;
import dev.lastgood.database.salvage.Parted;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.database.salvage.Prepared;
import dev.lastgood.database.salvage.Replay;
import dev.lastgood.database.salvage.Replayed;
import dev.lastgood.database.salvage.Round;
import dev.lastgood.database.salvage.Salvage;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

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
  private final Snapshots snapshots;
  private final InstantSource clock;

  /// @param files folder in which the rows go that do not fit
  /// @param snapshots where a slot may be noted
  CarryingOver(Server server, Path files, Snapshots snapshots, InstantSource clock) {
    this.server = server;
    this.files = files;
    this.snapshots = snapshots;
    this.clock = clock;
  }

  /// What was carried over so far into one restored database. The mark is kept, so that the round
  /// of another process is a short one, too; without it everything would be compared once more.
  static final class Progress {
    private Optional<Mark> mark = Optional.empty();
    private long applied;
    private long leftOut;
    private final List<String> folders = new ArrayList<>();
    private String how = "";

    private void add(Round round) {
      mark = Optional.of(round.mark());
      applied += round.applied();
      leftOut += round.leftOutRows();
      round.leftOut().ifPresent(f -> folders.add(f.toString()));
    }

    private void add(Replayed replayed) {
      applied += replayed.applied();
      leftOut += replayed.leftOutRows();
      replayed.leftOut().forEach(f -> folders.add(f.toString()));
      how = Exact.inWords(replayed);
    }

    /// `90 rows written since were carried over, 2 were left out into /…`.
    String inWords() {
      return applied
          + (applied == 1 ? " change" : " changes")
          + " of users carried over"
          + (leftOut == 0
              ? ""
              : ", " + leftOut + " left out, with the reasons, into " + String.join(", ", folders))
          + (how.isEmpty() ? "" : "; " + how);
    }
  }

  /// From the live database into the one beside it, with connections of its own.
  final class Way implements AutoCloseable {
    private final Standing live;
    private final Standing beside;
    private final Keeping keeping;
    private final Salvage.Rounds rounds;
    private final Optional<Replay> exact;
    private final Progress progress = new Progress();
    private Optional<String> notNoted = Optional.empty();
    private Optional<Round> lastSeen = Optional.empty();

    private Way(
        Standing live,
        Standing beside,
        Keeping keeping,
        Salvage.Rounds rounds,
        Optional<Replay> exact,
        String how) {
      this.live = live;
      this.beside = beside;
      this.keeping = keeping;
      this.rounds = rounds;
      this.exact = exact;
      progress.how = how;
      progress.mark = taken() ? Optional.empty() : kept(beside);
    }

    /// Whether it is an exchange that is taken back: the database itself knows how far it is.
    private boolean taken() {
      return !keeping.before().isEmpty();
    }

    /// Id of the notes of what stays different.
    String parting() {
      return keeping.next();
    }

    /// Rounds until little is left. Writers go on.
    ///
    /// @throws DatabaseTrouble when one failed; nothing of that round was kept
    Progress catchUp() throws DatabaseTrouble, IOException, InterruptedException {
      for (int n = 0; n < ROUNDS && exact.isPresent(); n++) {
        if (replay() <= SMALL) {
          break;
        }
      }
      notNoted = rounds.note(PATIENCE);
      for (int n = 0; n < ROUNDS; n++) {
        if (round().found() <= SMALL) {
          break;
        }
      }
      return progress;
    }

    /// @return how many changes were read
    private long replay() throws DatabaseTrouble, IOException, InterruptedException {
      if (exact.isEmpty()) {
        return 0;
      }
      Files.createDirectories(files);
      Replayed replayed = exact.get().untilNow(() -> folder(beside));
      progress.add(replayed);
      return replayed.now();
    }

    /// One round more.
    Round round() throws DatabaseTrouble, IOException, InterruptedException {
      replay();
      Round round = compare();
      if (taken()) {
        return round;
      }
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
      replay();
      exact.ifPresent(Replay::rest); // or its session would keep the door from being shut
      return compare();
    }

    /// The very last, in the transaction in which tables are exchanged.
    ///
    /// @param holder holds the live tables
    void within(Connection holder) throws DatabaseTrouble, IOException, InterruptedException {
      Files.createDirectories(files);
      lastSeen = Optional.of(rounds.within(holder, progress.mark, folder(beside)));
    }

    /// The transaction of the last round was taken back: its files are of rows that are where they
    /// were.
    void notKept() throws IOException {
      Optional<Path> written = lastSeen.flatMap(Round::leftOut);
      lastSeen = Optional.empty();
      if (written.isPresent()) {
        Path folder = written.get();
        Files.move(
            folder, folder.resolveSibling(folder.getFileName() + ".not-kept-" + System.nanoTime()));
      }
    }

    /// The transaction of the last round was committed.
    void over() {
      lastSeen.ifPresent(progress::add);
    }

    private Round compare() throws DatabaseTrouble, IOException, InterruptedException {
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
      exact.ifPresent(Replay::close);
    }
  }

  /// @param renamed columns of the restored database by `schema.table.column`, and what they are
  ///   called in the live one
  /// @param departure what was noted when the restored state was that of the live database
  Way open(
      Standing live, Standing beside, Map<String, String> renamed, Optional<Departure> departure)
      throws DatabaseTrouble, PlatformUnreachable {
    Policy policy = Policy.usual().renaming(renamed);
    Exact.Found found = new Exact(server, snapshots).find(live, beside);
    return found.prepared().isPresent()
        ? replayed(live, beside, found.prepared().get(), found.why(), policy)
        : open(live, beside, "", policy, departure, found.why());
  }

  /// To the database that was left when the live one came: only what users wrote since then.
  Way back(Standing live, Standing kept) throws DatabaseTrouble, PlatformUnreachable {
    return open(live, kept, live.parting(), Policy.usual(), Optional.empty(), "");
  }

  private Way open(
      Standing live,
      Standing beside,
      String before,
      Policy policy,
      Optional<Departure> departure,
      String how)
      throws DatabaseTrouble, PlatformUnreachable {
    var keeping = new Keeping(UUID.randomUUID().toString(), before);
    Salvage salvage = salvage(live, beside, keeping, policy);
    return new Way(
        live,
        beside,
        keeping,
        departure.map(salvage::since).orElse(salvage).open(),
        Optional.empty(),
        how);
  }

  /// What stays different is not noted: only what a slot does not tell is compared.
  private Way replayed(Standing live, Standing beside, Prepared prepared, String how, Policy policy)
      throws DatabaseTrouble, PlatformUnreachable {
    DatabaseUrl from = of(live.name());
    DatabaseUrl into = of(beside.name());
    Salvage salvage = new Salvage(into, from, policy, TABLES_AT_ONCE).without(prepared.told());
    var replay = new Replay(into, from, prepared, policy);
    try {
      return new Way(live, beside, new Keeping("", ""), salvage.open(), Optional.of(replay), how);
    } catch (DatabaseTrouble e) {
      replay.close();
      throw e;
    }
  }

  /// From single live tables into those that stand beside them in the same database.
  ///
  /// @param side the schema in which they stand
  /// @param before id of the notes of the exchange that is taken back; empty: none is
  Way among(
      Standing live,
      Standing side,
      Confined tables,
      String before,
      Map<String, String> renamed,
      Optional<Departure> departure)
      throws DatabaseTrouble, PlatformUnreachable {
    var keeping = new Keeping(UUID.randomUUID().toString(), before);
    DatabaseUrl both = of(live.name());
    Salvage salvage =
        new Salvage(both, both, Policy.usual().renaming(renamed), TABLES_AT_ONCE)
            .among(tables)
            .keeping(keeping);
    return new Way(
        live,
        side,
        keeping,
        departure.map(salvage::since).orElse(salvage).open(),
        Optional.empty(),
        "");
  }

  /// What taking an exchange of tables back would carry over; nothing of it is kept.
  Round triedAmong(Standing live, Confined tables)
      throws DatabaseTrouble, PlatformUnreachable, InterruptedException {
    DatabaseUrl both = of(live.name());
    return new Salvage(both, both, Policy.usual(), TABLES_AT_ONCE)
        .among(tables)
        .keeping(new Keeping("", live.parting()))
        .rehearse(Optional.empty());
  }

  /// Whether there are notes of the exchange that made it live.
  boolean noted(Standing live) throws DatabaseTrouble, PlatformUnreachable {
    return left(live).isPresent();
  }

  private Salvage salvage(Standing live, Standing beside, Keeping keeping, Policy policy)
      throws PlatformUnreachable {
    return new Salvage(of(beside.name()), of(live.name()), policy, TABLES_AT_ONCE).keeping(keeping);
  }

  /// What [#back] would carry over; nothing of it is kept.
  Round tried(Standing live, Standing kept)
      throws DatabaseTrouble, PlatformUnreachable, InterruptedException {
    return salvage(live, kept, new Keeping("", live.parting()), Policy.usual())
        .rehearse(Optional.empty());
  }

  /// The database that was left when the live one came, by its oid, as far as there are notes of
  /// it.
  Optional<Long> left(Standing live) throws DatabaseTrouble, PlatformUnreachable {
    return live.parting().isEmpty()
        ? Optional.empty()
        : Parted.other(of(live.name()), live.parting());
  }

  private Path marks(Standing beside) {
    return files.resolve("mark-" + beside.oid());
  }

  private Optional<Mark> kept(Standing beside) {
    try {
      String[] words = AtomicFiles.read(marks(beside), 200).strip().split(" ", 4);
      return Optional.of(
          new Mark(
              words[0],
              Long.parseLong(words[1]),
              Long.parseLong(words[2]),
              words[3].equals(NONE) ? "" : words[3]));
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
