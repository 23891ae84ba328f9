package dev.lastgood.provider.postgres;

import dev.lastgood.database.TableName;
import dev.lastgood.model.Names;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Piecemeal.NoSuchPart;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Tables as a person names them: `customer`, `crm.customer`, `"Odd Name"`, several with commas.
/// Capitals count, quoted or not.
final class TableList {
  private TableList() {}

  /// @param schema empty when none was said
  record Named(Optional<String> schema, String name) {}

  /// @throws NoSuchPart when it is no list of names
  static List<Named> parse(String text) throws NoSuchPart {
    List<Named> all = new ArrayList<>();
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean doubled = quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"';
      if (doubled) {
        part.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == '.') {
        parts.add(part.toString());
        part.setLength(0);
      } else if (!quoted && c == ',') {
        all.add(named(parts, part.toString(), text));
        parts.clear();
        part.setLength(0);
      } else if (quoted || !part.isEmpty() || !Character.isWhitespace(c)) {
        part.append(c);
      }
    }
    if (quoted) {
      throw new NoSuchPart("a quote is not closed in --tables " + Text.plain(text));
    }
    all.add(named(parts, part.toString(), text));
    return all;
  }

  private static Named named(List<String> parts, String last, String text) throws NoSuchPart {
    if (last.isEmpty() || parts.size() > 1 || parts.stream().anyMatch(String::isEmpty)) {
      throw new NoSuchPart(
          "--tables "
              + Text.plain(text)
              + " is no list of tables: TABLE or SCHEMA.TABLE, with commas between them; in double"
              + " quotes where a name has a comma, a dot or a quote in it");
    }
    return new Named(parts.stream().findFirst(), last);
  }

  /// @param known tables of the good state
  /// @param of the good state, for people
  /// @throws NoSuchPart with the nearest name
  static SortedSet<TableName> resolve(List<String> texts, Collection<TableName> known, String of)
      throws NoSuchPart {
    SortedSet<TableName> all = new TreeSet<>();
    for (String text : texts) {
      for (Named one : parse(text)) {
        all.add(resolve(one, known, of));
      }
    }
    return all;
  }

  private static TableName resolve(Named one, Collection<TableName> known, String of)
      throws NoSuchPart {
    List<TableName> found =
        known.stream()
            .filter(t -> t.name().equals(one.name()))
            .filter(t -> one.schema().map(t.schema()::equals).orElse(true))
            .toList();
    if (found.size() == 1) {
      return found.getFirst();
    }
    String said = one.schema().map(s -> s + ".").orElse("") + one.name();
    if (found.isEmpty()) {
      throw new NoSuchPart(
          "there is no table "
              + Text.plain(said)
              + " in "
              + of
              + Text.plain(Names.hint(said, known.stream().map(TableName::toString).toList())));
    }
    return found.stream()
        .filter(t -> t.schema().equals("public"))
        .findFirst()
        .orElseThrow(() ->
            new NoSuchPart(
                "more than one table is called "
                    + Text.plain(said)
                    + ": say which, "
                    + String.join(" or ", found.stream().map(TableName::toString).toList())));
  }
}
