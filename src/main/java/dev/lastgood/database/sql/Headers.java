package dev.lastgood.database.sql;

import dev.lastgood.database.sql.Walk.Strange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Statements that say what they do in their first words: `create type`, `drop index`, `grant`.
/// Their rest is read only as far as it matters.
final class Headers {
  private static final Set<String> HARMLESS =
      Set.of(
          "comment",
          "grant",
          "set",
          "reset",
          "analyze",
          "vacuum",
          "lock",
          "notify",
          "security",
          "refresh",
          "discard",
          "show",
          "begin",
          "commit",
          "start",
          "end",
          "reindex",
          "listen",
          "savepoint",
          "release",
          "cluster",
          "checkpoint");

  private static final List<String> KINDS =
      List.of(
          "materialized view",
          "foreign table",
          "event trigger",
          "text search configuration",
          "text search dictionary",
          "foreign data wrapper",
          "view",
          "type",
          "function",
          "procedure",
          "aggregate",
          "extension",
          "schema",
          "sequence",
          "policy",
          "trigger",
          "domain",
          "publication",
          "subscription",
          "role",
          "user",
          "server",
          "rule",
          "operator",
          "cast",
          "collation",
          "statistics");

  private final Walk walk;

  private Headers(Walk walk) {
    this.walk = walk;
  }

  /// Empty: not one of these.
  static Optional<List<Deed>> read(Statement statement) throws Strange {
    var walk = new Walk(statement.tokens());
    var headers = new Headers(walk);
    Token first = walk.next();
    if (first.is("alter")) {
      return Optional.of(walk.takes("table") ? AlterTable.read(walk) : headers.alter());
    }
    if (first.is("drop")) {
      return Optional.of(headers.drop());
    }
    if (first.is("create")) {
      return headers.create();
    }
    if (first.is("revoke")) {
      return Optional.of(List.of(new Deed.Restricts("takes rights away")));
    }
    if (first.is("truncate")) {
      return Optional.of(headers.truncate());
    }
    String word = first.text().toLowerCase(Locale.ROOT);
    return HARMLESS.contains(word) && first.kind() == Token.Kind.WORD
        ? Optional.of(List.of(new Deed.Nothing("runs " + word)))
        : Optional.empty();
  }

  private List<Deed> truncate() throws Strange {
    walk.takes("table");
    List<Deed> deeds = new ArrayList<>();
    do {
      walk.takes("only");
      deeds.add(new Deed.Rows("TRUNCATE", walk.named(), List.of()));
      walk.takes("*");
    } while (walk.takes(","));
    return deeds;
  }

  private Optional<String> kind() {
    return KINDS.stream().filter(k -> walk.takes(k.split(" ", -1))).findFirst();
  }

  private List<Deed> drop() throws Strange {
    if (walk.takes("owned")) {
      throw new Strange("drops everything of a role");
    }
    boolean table = walk.takes("table");
    boolean index = !table && walk.takes("index");
    String kind = table || index ? "" : kind().orElseThrow(() -> new Strange("drops what?"));
    walk.takes("concurrently");
    walk.takes("if", "exists");
    List<Deed> deeds = new ArrayList<>();
    do {
      Named name = kind.equals("cast") || kind.equals("operator") ? any() : walk.named();
      if (table) {
        deeds.add(new Deed.DropTable(name));
      } else if (index) {
        deeds.add(new Deed.DropIndex(name));
      } else {
        deeds.add(new Deed.Remove(kind, name));
      }
      if (!walk.over() && walk.sees("(")) {
        walk.parentheses();
      }
    } while (walk.takes(","));
    if (walk.takes("on")) {
      walk.named();
    }
    if (!walk.takes("cascade")) {
      walk.takes("restrict");
    }
    walk.end();
    return deeds;
  }

  private Named any() {
    return Named.of(Walk.words(walk.rest()));
  }

  /// Tables and indexes are left to the parser.
  private Optional<List<Deed>> create() throws Strange {
    boolean replace = walk.takes("or", "replace");
    boolean temporary = walk.takes("temporary") || walk.takes("temp");
    if (temporary) {
      return Optional.of(List.of(new Deed.Nothing("makes something for this session")));
    }
    boolean forced = walk.takes("constraint") || walk.takes("recursive");
    Optional<String> kind = kind();
    if (kind.isEmpty()) {
      if (forced) {
        throw new Strange("makes what?");
      }
      return Optional.empty();
    }
    walk.takes("if", "not", "exists");
    return Optional.of(List.of(make(kind.get(), replace)));
  }

  private Deed make(String kind, boolean replace) throws Strange {
    if (kind.equals("schema") && walk.sees("authorization")) {
      return new Deed.Make(kind, Named.of("of a role"), Optional.empty(), replace, "");
    }
    if (kind.equals("cast") || kind.equals("operator")) {
      return new Deed.Make(kind, any(), Optional.empty(), replace, "");
    }
    Named name = walk.named();
    String signature = walk.sees("(") && isFunction(kind) ? Walk.text(walk.parentheses()) : "";
    Optional<Named> on = Optional.empty();
    List<Token> rest = walk.rest();
    if (kind.equals("policy") || kind.equals("trigger")) {
      for (int i = 0; i + 1 < rest.size() && on.isEmpty(); i++) {
        if (rest.get(i).is("on")) {
          on = Optional.of(new Walk(rest.subList(i + 1, rest.size())).named());
        }
      }
      if (on.isEmpty()) {
        throw new Strange("a " + kind + " on nothing");
      }
    }
    return new Deed.Make(
        kind.equals("policy") && Walk.has(rest, "as", "restrictive") ? "restrictive policy" : kind,
        name,
        on,
        replace,
        signature);
  }

  private static boolean isFunction(String kind) {
    return kind.equals("function") || kind.equals("procedure") || kind.equals("aggregate");
  }

  private List<Deed> alter() throws Strange {
    if (walk.takes("type")) {
      return type();
    }
    if (walk.takes("default", "privileges")) {
      boolean less = Walk.has(walk.rest(), "revoke");
      return List.of(
          less
              ? new Deed.Restricts("takes rights on later objects away")
              : new Deed.Nothing("gives rights on later objects"));
    }
    if (walk.takes("index")) {
      return List.of(new Deed.Nothing("changes index " + Walk.words(walk.rest())));
    }
    if (walk.takes("sequence")) {
      walk.takes("if", "exists");
      Named name = walk.named();
      List<Token> rest = walk.rest();
      return List.of(
          Walk.has(rest, "rename") || Walk.has(rest, "schema")
              ? new Deed.Restricts("renames the sequence " + name)
              : new Deed.Nothing("changes the sequence " + name));
    }
    String kind = kind().orElseThrow(() -> new Strange("alters what?"));
    List<Token> rest = walk.rest();
    if (Walk.has(rest, "rename") || Walk.has(rest, "set", "schema")) {
      return List.of(new Deed.Restricts("renames " + kind + " " + Walk.words(rest)));
    }
    if (Walk.has(rest, "owner", "to") || Walk.has(rest, "depends")) {
      return List.of(new Deed.Nothing("gives " + kind + " to another role"));
    }
    if (kind.equals("publication") || kind.equals("extension") || kind.equals("statistics")) {
      return List.of(new Deed.Nothing("changes " + kind + " " + Walk.words(rest)));
    }
    throw new Strange("alters a " + kind);
  }

  private List<Deed> type() throws Strange {
    Named type = walk.named();
    if (walk.takes("add", "value")) {
      walk.takes("if", "not", "exists");
      return List.of(new Deed.AddValue(type, walk.next().text()));
    }
    if (walk.takes("rename")) {
      return List.of(
          new Deed.Restricts("renames in type " + type + ": " + Walk.words(walk.rest())));
    }
    if (walk.takes("owner") || walk.takes("set", "(")) {
      return List.of(new Deed.Nothing("changes a setting of type " + type));
    }
    throw new Strange("changes the type " + type);
  }
}
