package dev.lastgood.provider.mongodb;

import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The ways from one release to another, as data.
final class Ways {
  static final String RESTORE = "restore-beside";
  static final String VERIFY = "verify-beside";
  static final String CARRY = "carry-over";
  static final String SWITCH = "switch-collections";
  static final String LAST = "carry-last";

  static final String DATABASE = "database";
  static final String FROM = "from";
  static final String RELEASE = "release";

  /// Id of the snapshot that says what users changed; absent when nothing is carried over.
  static final String BASE = "base";

  /// Guessed from two cores; a run's own history is better, once there is one.
  private static final long RESTORED_IN_A_SECOND = 20L << 20;

  private static final long READ_IN_A_SECOND = 60L << 20;
  private static final Duration RENAMED = Duration.ofMillis(5);

  private final String component;
  private final String database;

  Ways(String component, String database) {
    this.component = component;
    this.database = database;
  }

  /// @param base what users' writes are told by; empty when nothing is carried over
  Method restore(
      Release from,
      Snapshots.Kept snapshot,
      Optional<String> base,
      List<String> costs,
      List<String> losses) {
    Manifest manifest = snapshot.manifest().orElseThrow();
    List<Leg> legs = new ArrayList<>();
    Duration reading = Duration.ofMillis(300 + manifest.bytes() * 1000 / READ_IN_A_SECOND);
    Duration restoring = Duration.ofSeconds(1 + manifest.bytes() / RESTORED_IN_A_SECOND);
    String to = snapshot.id();
    legs.add(
        act(
            RESTORE,
            from,
            to,
            base,
            "restore " + to + " (" + megabytes(manifest.bytes()) + ") beside the live collections",
            "mongorestore --gzip --stopOnError --nsInclude=%1$s --nsFrom=%1$s --nsTo=%2$s --dir=%3$s"
                .formatted(
                    Text.shellWord(database + ".*"),
                    Text.shellWord(database + "." + Names.beside("TIME") + "*"),
                    Text.shellWord(snapshot.dump().toString())),
            restoring,
            Duration.ZERO));
    legs.add(
        act(
            VERIFY,
            from,
            to,
            base,
            "verify it: every document, indexes, options",
            "# count the documents of each " + Names.beside("TIME") + "…, and look at its indexes",
            reading,
            Duration.ZERO));
    base.ifPresent(_ ->
        legs.add(
            act(
                CARRY,
                from,
                to,
                base,
                "carry over what users wrote since",
                "# compare the live collections with the snapshot by _id, and copy what differs",
                reading.multipliedBy(3),
                Duration.ZERO)));
    legs.addAll(exchanging(from, to, base, manifest.collections().size(), reading));
    List<String> all = new ArrayList<>(costs);
    all.add(
        "needs about "
            + megabytes(manifest.bytes())
            + " more on the disk of the server, as long as the old collections are kept");
    all.add(kept());
    return new Method(
        RESTORE,
        "restore " + to + " beside " + database + ", verify it, then exchange the collections",
        legs,
        all,
        losses);
  }

  /// To collections that were kept, or to finish an exchange that is halfway.
  Method back(
      Release from,
      Release to,
      Optional<String> base,
      int collections,
      List<String> costs,
      List<String> losses) {
    List<String> all = new ArrayList<>(costs);
    all.add(kept());
    return new Method(
        SWITCH,
        "exchange the live and the kept collections",
        exchanging(from, to.id(), base, collections, Duration.ofSeconds(5)),
        all,
        losses);
  }

  private List<Leg> exchanging(
      Release from, String to, Optional<String> base, int collections, Duration reading) {
    List<Leg> legs = new ArrayList<>();
    Duration away = RENAMED.multipliedBy(Math.max(1, collections));
    legs.add(
        act(
            SWITCH,
            from,
            to,
            base,
            "exchange the "
                + collections
                + " collections of "
                + database
                + " for those of "
                + to
                + ", one after the other",
            "mongosh "
                + Text.shellWord(database)
                + "   # for each collection NAME:\n"
                + "db.getCollection('NAME').renameCollection('"
                + Names.kept("TIME")
                + "NAME'); db.getCollection('"
                + Names.beside("TIME")
                + "NAME').renameCollection('NAME')",
            base.isPresent() ? away.plus(reading) : away,
            away));
    base.ifPresent(_ ->
        legs.add(
            act(
                LAST,
                from,
                to,
                base,
                "carry over what was written until the exchange",
                "# compare "
                    + Names.kept("TIME")
                    + "… with the snapshot once more, and copy what differs",
                reading,
                Duration.ZERO)));
    return legs;
  }

  private static String kept() {
    return "what is live now is kept under names of its own, until a person drops it";
  }

  private Act act(
      String verb,
      Release from,
      String to,
      Optional<String> base,
      String says,
      String byHand,
      Duration expected,
      Duration downtime) {
    var with = new TreeMap<String, String>();
    with.put(DATABASE, database);
    with.put(FROM, from.id());
    with.put(RELEASE, to);
    base.ifPresent(b -> with.put(BASE, b));
    return new Act(
        component,
        verb,
        with,
        says,
        byHand,
        expected,
        expected.multipliedBy(20).plusMinutes(30),
        downtime);
  }

  static String megabytes(long bytes) {
    return Math.max(1, bytes >> 20) + " MiB";
  }
}
