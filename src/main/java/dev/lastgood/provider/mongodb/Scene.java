package dev.lastgood.provider.mongodb;

import dev.lastgood.provider.mongodb.Session.Collection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bson.Document;

/// The database as it stands now: the live collections, the ones beside, the ones that were kept,
/// and an exchange that is not over. All of it is read from the database.
///
/// @param live the release that the live collections are
/// @param all collections, Lastgood's own included
record Scene(
    String database,
    String live,
    Map<String, Collection> all,
    List<Group> groups,
    Optional<Exchange> halfway) {
  private static final int MOST = 10_000;

  /// How far a group is.
  enum Stage {
    RESTORING,
    RESTORED,
    VERIFIED,
    CARRIED,
    KEPT,
    /// Kept, and the last writes to it were carried over.
    SETTLED
  }

  /// Collections with one prefix.
  ///
  /// @param id of its document
  /// @param names without the prefix
  /// @param replacedBy of kept ones: the prefix that the collections had which took their names
  /// @param said what came of the last step, in words; a look repeats it
  record Group(
      String id,
      String prefix,
      String release,
      Stage stage,
      List<String> names,
      String replacedBy,
      String said) {
    Group {
      names = List.copyOf(names);
    }

    static Group beside(String prefix, String release, List<String> names) {
      return new Group(prefix, prefix, release, Stage.RESTORING, names, "", "");
    }

    Group at(Stage next, String said) {
      return new Group(id, prefix, release, next, names, replacedBy, said);
    }

    boolean kept() {
      return stage.compareTo(Stage.KEPT) >= 0;
    }

    Document document() {
      return new Document("_id", id)
          .append("kind", "group")
          .append("prefix", prefix)
          .append("release", release)
          .append("stage", stage.name())
          .append("names", names)
          .append("replacedBy", replacedBy)
          .append("said", said);
    }
  }

  /// An exchange, written down before its first rename and removed after its last.
  ///
  /// @param take prefix of the collections that become live
  /// @param keep prefix under which the live ones are kept
  /// @param names of collections that become live
  /// @param left names of those that were live
  record Exchange(
      String from, String to, String take, String keep, List<String> names, List<String> left) {
    private static final String ID = "exchange";

    Exchange {
      names = List.copyOf(names);
      left = List.copyOf(left);
    }

    Document document() {
      return new Document("_id", ID)
          .append("from", from)
          .append("to", to)
          .append("take", take)
          .append("keep", keep)
          .append("names", names)
          .append("left", left);
    }

    Set<String> everything() {
      var both = new TreeSet<>(names);
      both.addAll(left);
      return both;
    }
  }

  static Scene look(Session session, String database) {
    String live = "live-" + database;
    List<Group> groups = new ArrayList<>();
    Optional<Exchange> halfway = Optional.empty();
    for (Document each : session.documents(Names.STATE).find().limit(MOST)) {
      String id = String.valueOf(each.get("_id"));
      if (id.equals("live")) {
        live = each.getString("release");
      } else if (id.equals(Exchange.ID)) {
        halfway =
            Optional.of(
                new Exchange(
                    each.getString("from"),
                    each.getString("to"),
                    each.getString("take"),
                    each.getString("keep"),
                    each.getList("names", String.class),
                    each.getList("left", String.class)));
      } else if ("group".equals(each.getString("kind"))) {
        groups.add(
            new Group(
                id,
                each.getString("prefix"),
                each.getString("release"),
                Stage.valueOf(each.getString("stage")),
                each.getList("names", String.class),
                each.getString("replacedBy"),
                each.getString("said")));
      }
    }
    groups.sort(Comparator.comparing(Group::id).reversed());
    return new Scene(database, live, session.collections(), List.copyOf(groups), halfway);
  }

  /// Names of the live collections that can be kept and exchanged.
  Set<String> names() {
    return all.values().stream()
        .filter(c -> !Names.own(c.name()) && !c.type().equals("view"))
        .map(Collection::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  Map<String, Collection> views() {
    return all.values().stream()
        .filter(c -> !Names.own(c.name()) && c.type().equals("view"))
        .collect(Collectors.toMap(Collection::name, c -> c, (a, _) -> a, java.util.TreeMap::new));
  }

  /// Of the live ones, those that the server cannot rename.
  List<String> unmovable() {
    return all.values().stream()
        .filter(c -> !Names.own(c.name()) && c.type().equals("timeseries"))
        .map(Collection::name)
        .toList();
  }

  /// The one that is being made ready, the furthest and newest first.
  Optional<Group> beside(String release) {
    return groups.stream()
        .filter(g -> !g.kept() && g.release().equals(release))
        .max(Comparator.comparing(Group::stage).thenComparing(Group::id));
  }

  Optional<Group> beside(String release, Stage atLeast) {
    return beside(release).filter(g -> g.stage().compareTo(atLeast) >= 0);
  }

  List<Group> kept() {
    return groups.stream().filter(Group::kept).toList();
  }

  Optional<Group> kept(String release) {
    return kept().stream().filter(g -> g.release().equals(release)).findFirst();
  }

  List<Group> unfinished() {
    return groups.stream().filter(g -> !g.kept()).toList();
  }
}
