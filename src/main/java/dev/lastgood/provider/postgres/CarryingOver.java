package dev.lastgood.provider.postgres;

import dev.lastgood.database.DatabaseTrouble;
import dev.lastgood.database.DatabaseUrl;
import dev.lastgood.database.StateTables;
import dev.lastgood.database.TableName;
import dev.lastgood.database.salvage.Confined;
import dev.lastgood.database.salvage.Departure;
import dev.lastgood.database.salvage.Exchange;
import dev.lastgood.database.salvage.Mark;
import dev.lastgood.database.salvage.Parted;
import dev.lastgood.database.salvage.Policy;
import dev.lastgood.database.salvage.Prepared;
import dev.lastgood.database.salvage.Replay;
import dev.lastgood.database.salvage.Replayed;
import dev.lastgood.database.salvage.Round;
import dev.lastgood.database.salvage.Salvage;
import dev.lastgood.database.salvage.Unheard;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/// Carries what users wrote since the snapshot from the live database into the restored one, round
/// by round: the first compares everything, the next ones look at what was written meanwhile.
final class CarryingOver {
  private static final int TABLES_AT_ONCE = 2;

  /// A remainder this small is left to the last round, while writers wait.
  private static final long SMALL = 500;

  private static final int ROUNDS = 5;

  /// In the place of the id of a noting.
  private static final String NONE = "-";

  /// Begins the id of an exchange with the database of another server. Copies of a cluster share
  /// the numbers of their databases, so a number alone does not tell which server it is of.
  private static final String ACROSS = "across-";

  private static final Duration LOOKING = Duration.ofSeconds(30);

  /// With transactions of users that hold a table while it is being made ready.
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Server server;
  private final Server other;
  private final Path files;
  private final Snapshots snapshots;
  private final InstantSource clock;
  private final Policy policy;
  private final Optional<Duration> longest;

  /// @param files folder in which the rows go that do not fit
  /// @param snapshots where a slot may be noted
  /// @param state tables of which nothing is carried over
  CarryingOver(
      Server server, Path files, Snapshots snapshots, InstantSource clock, StateTables state) {
    this(server, server, files, snapshots, clock, Policy.usual().knowing(state), Optional.empty());
  }

  private CarryingOver(
      Server server,
      Server other,
      Path files,
      Snapshots snapshots,
      InstantSource clock,
      Policy policy,
      Optional<Duration> longest) {
    this.server = server;
    this.other = other;
    this.files = files;
    this.snapshots = snapshots;
    this.clock = clock;
    this.policy = policy;
    this.longest = longest;
  }

  /// The same, with a server that is given up when it says nothing for so long.
  CarryingOver within(Duration answer) {
    return new CarryingOver(server, other, files, snapshots, clock, policy, Optional.of(answer));
  }

  /// The same from the live database of one server into one of another.
  CarryingOver between(Server from, Server into) {
    return new CarryingOver(from, into, files, snapshots, clock, policy, longest);
  }

  /// What was carried over so far into one restored database. The mark is kept, so that the round
  /// of another process is a short one, too; without it everything would be compared once more.
  static final class Progress {
    private Optional<Mark> mark = Optional.empty();
    private long applied;
    private long leftOut;
    private final List<String> folders = new ArrayList<>();
    private String how = "";
    private String over = "";
    private String refresh = "";

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
              : ", "
                  + leftOut
                  + " left out, with the reasons, into "
                  + String.join(", ", folders)
                  + " (what fits by then: lastgood salvage apply FILE.csv --to env:NAME)")
          + (how.isEmpty() ? "" : "; " + how)
          + (over.isEmpty() ? "" : "; no longer told by the slot: " + over + ", compared")
          + (applied == 0 || refresh.isEmpty()
              ? ""
              : "; materialized views show nothing of it until they are refreshed: " + refresh);
    }
  }

  /// From the live database into the one beside it, with connections of its own.
  final class Way implements AutoCloseable {
    private final Standing live;
    private final Standing beside;
    private final Exchange exchange;
    private final Salvage.Rounds rounds;
    private final Optional<Replay> exact;
    private final Path marks;
    private final Progress progress = new Progress();
    private Optional<String> notNoted = Optional.empty();
    private Optional<Round> lastSeen = Optional.empty();

    private Way(
        Standing live,
        Standing beside,
        Exchange exchange,
        Salvage.Rounds rounds,
        Optional<Replay> exact,
        String how,
        Path marks) {
      this.live = live;
      this.beside = beside;
      this.exchange = exchange;
      this.rounds = rounds;
      this.exact = exact;
      this.marks = marks;
      progress.how = how;
      progress.mark = taken() ? Optional.empty() : kept(marks);
    }

    /// Whether it is an exchange that is taken back: the database itself knows how far it is.
    private boolean taken() {
      return !exchange.before().isEmpty();
    }

    /// Id of the notes of what stays different.
    String parting() {
      return exchange.next();
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
          marks,
          String.join(
              " ",
              mark.system(),
              Long.toString(mark.database()),
              Long.toString(mark.transaction()),
              noting));
      return round;
    }

    /// Nobody cleans a table of the database beside until the next round is over, so that none of
    /// the last one waits for it.
    ///
    /// @return who holds one instead, in words
    Optional<String> alone() throws DatabaseTrouble {
      Optional<String> holders = exact.isPresent() ? exact.get().alone() : Optional.empty();
      return holders.isPresent() ? holders : rounds.alone();
    }

    /// The same in a hurry, with nobody who writes: its mark is not written down. Who begins anew
    /// begins from the mark before, and finds a little more than there is.
    Round last() throws DatabaseTrouble, IOException, InterruptedException {
      replay();
      Set<TableName> over = exact.isPresent() ? exact.get().over() : Set.of();
      if (!over.isEmpty()) {
        throw new DatabaseTrouble(
            "the slot has stopped telling "
                + words(over)
                + " while it was replayed (made anew by a migration, or taken out of the publication):"
                + " repeat, and it is compared");
      }
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

    interface Deed {
      Outcome go()
          throws SQLException,
              PlatformUnreachable,
              IOException,
              InterruptedException,
              DatabaseTrouble;
    }

    /// Does it. Unless it is done, or nobody knows, the live database is afterwards as if nobody
    /// had been there, as far as it can be asked.
    Outcome leavingNothing(Deed deed)
        throws SQLException,
            PlatformUnreachable,
            IOException,
            InterruptedException,
            DatabaseTrouble {
      boolean over = false;
      try {
        Outcome outcome = deed.go();
        over = !(outcome instanceof Outcome.Refused);
        return outcome;
      } finally {
        if (!over) {
          leaveNothing();
        }
      }
    }

    private void leaveNothing() throws InterruptedException {
      try {
        rounds.noteNoMore(PATIENCE);
      } catch (DatabaseTrouble e) {
        // what is left does nothing any more after some hours
        System.getLogger(CarryingOver.class.getName()).log(System.Logger.Level.DEBUG, "notes", e);
      }
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

  /// @param departure what was noted when the restored state was that of the live database
  Way open(Standing live, Standing beside, Optional<Departure> departure)
      throws DatabaseTrouble, PlatformUnreachable {
    Exact.Found found = new Exact(server, snapshots).find(live, beside);
    return found.prepared().isPresent()
        ? replayed(live, beside, found.prepared().get().leaving(policy.state()), departure)
        : open(live, beside, "", departure, found.why());
  }

  /// Into the database of a promoted replica. There is no slot on that server, so the two are
  /// compared.
  ///
  /// @param departure as for [#open]
  Way across(Standing live, Standing beside, Optional<Departure> departure)
      throws DatabaseTrouble, PlatformUnreachable {
    return open(live, beside, "", departure, "");
  }

  /// To the database that was left when the live one came: only what users wrote since then.
  Way back(Standing live, Standing kept) throws DatabaseTrouble, PlatformUnreachable {
    return open(live, kept, live.parting(), Optional.empty(), "");
  }

  private Way open(
      Standing live, Standing beside, String before, Optional<Departure> departure, String how)
      throws DatabaseTrouble, PlatformUnreachable {
    String id = (across() ? ACROSS : "") + UUID.randomUUID();
    var exchange = new Exchange(id, before);
    Salvage salvage = salvage(live, beside, exchange);
    String refresh = refreshing(beside);
    var way =
        new Way(
            live,
            beside,
            exchange,
            departure.map(salvage::since).orElse(salvage).open(),
            Optional.empty(),
            how,
            marks(beside, ""));
    way.progress.refresh = refresh;
    return way;
  }

  /// Only what a slot does not tell is compared.
  private Way replayed(
      Standing live, Standing beside, Prepared opened, Optional<Departure> departure)
      throws DatabaseTrouble, PlatformUnreachable {
    Prepared prepared = Unheard.now(of(other, beside.name()), of(server, live.name()), opened);
    Set<TableName> over = new TreeSet<>(opened.told());
    over.removeAll(prepared.told());
    var exchange = new Exchange(UUID.randomUUID().toString(), "");
    Salvage salvage = salvage(live, beside, exchange).without(prepared.told());
    String refresh = refreshing(beside);
    var replay = new Replay(of(other, beside.name()), of(server, live.name()), prepared, policy);
    try {
      var way =
          new Way(
              live,
              beside,
              exchange,
              departure.map(salvage::since).orElse(salvage).open(),
              Optional.of(replay),
              "",
              marks(beside, prepared.slot() + told(opened, prepared)));
      way.progress.over = words(over);
      way.progress.refresh = refresh;
      return way;
    } catch (DatabaseTrouble e) {
      replay.close();
      throw e;
    }
  }

  private static String words(Set<TableName> tables) {
    return tables.stream().map(TableName::toString).sorted().collect(Collectors.joining(", "));
  }

  /// Rounds that left another set of tables to the replay have no mark for these.
  private static String told(Prepared opened, Prepared now) {
    return opened.tables().equals(now.tables())
        ? ""
        : "-of-" + UUID.nameUUIDFromBytes(now.tables().toString().getBytes(StandardCharsets.UTF_8));
  }

  /// From single live tables into those that stand beside them in the same database.
  ///
  /// @param side the schema in which they stand
  /// @param before id of the notes of the exchange that is taken back; empty: none is
  Way among(
      Standing live, Standing side, Confined tables, String before, Optional<Departure> departure)
      throws DatabaseTrouble, PlatformUnreachable {
    var exchange = new Exchange(UUID.randomUUID().toString(), before);
    DatabaseUrl both = of(server, live.name());
    Salvage salvage =
        new Salvage(both, both, policy, TABLES_AT_ONCE).among(tables).exchanging(exchange);
    return new Way(
        live,
        side,
        exchange,
        departure.map(salvage::since).orElse(salvage).open(),
        Optional.empty(),
        "",
        marks(side, ""));
  }

  /// What taking an exchange of tables back would carry over; nothing of it is kept.
  Round triedAmong(Standing live, Confined tables)
      throws DatabaseTrouble, PlatformUnreachable, InterruptedException {
    DatabaseUrl both = of(server, live.name());
    return new Salvage(both, both, policy, TABLES_AT_ONCE)
        .among(tables)
        .exchanging(new Exchange("", live.parting()))
        .rehearse(Optional.empty());
  }

  /// Whether there are notes of the exchange that made it live.
  boolean noted(Standing live) throws DatabaseTrouble, PlatformUnreachable {
    return left(live).isPresent();
  }

  private Salvage salvage(Standing live, Standing beside, Exchange exchange)
      throws PlatformUnreachable {
    return new Salvage(of(other, beside.name()), of(server, live.name()), policy, TABLES_AT_ONCE)
        .exchanging(exchange);
  }

  /// What [#back] would carry over; nothing of it is kept.
  Round tried(Standing live, Standing kept)
      throws DatabaseTrouble, PlatformUnreachable, InterruptedException {
    return salvage(live, kept, new Exchange("", live.parting())).rehearse(Optional.empty());
  }

  /// What was made in the live database since the other one was left, and goes with no row.
  List<String> stays(Standing live, Standing kept) throws SQLException, PlatformUnreachable {
    try (Session here = server.patient(live.name(), LOOKING);
        Session there = other.patient(kept.name(), LOOKING)) {
      return Publications.changed(here, there);
    }
  }

  /// How materialized views are brought up to date.
  private String refreshing(Standing beside) throws PlatformUnreachable {
    try (Session inside = other.patient(beside.name(), LOOKING)) {
      return Materialized.refreshing(inside);
    } catch (SQLException e) {
      throw other.gone(e);
    }
  }

  private boolean across() {
    return server != other;
  }

  /// The database that was left when the live one came, by its oid, as far as there are notes of it
  /// and it was left on the server that this carries over to.
  Optional<Long> left(Standing live) throws DatabaseTrouble, PlatformUnreachable {
    return live.parting().isEmpty() || live.parting().startsWith(ACROSS) != across()
        ? Optional.empty()
        : Parted.other(of(server, live.name()), live.parting());
  }

  /// Where a replay goes first, the rounds see less than all: their mark is of no use without it. A
  /// number may be given once more, and copies of a cluster share those of their databases.
  ///
  /// @param slot empty: none is replayed
  private Path marks(Standing beside, String slot) {
    return files.resolve(
        "mark-"
            + beside.oid()
            + (across() ? "-across-" : "-")
            + UUID.nameUUIDFromBytes(beside.name().getBytes(StandardCharsets.UTF_8))
            + (slot.isEmpty() ? "" : "-" + slot));
  }

  private static Optional<Mark> kept(Path marks) {
    try {
      String[] words = AtomicFiles.read(marks, 200).strip().split(" ", 4);
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

  private DatabaseUrl of(Server server, String database) throws PlatformUnreachable {
    String url = server.url().whole(database);
    var whole = new DatabaseUrl(new Secret(database, () -> url));
    return longest.map(whole::within).orElse(whole);
  }
}
