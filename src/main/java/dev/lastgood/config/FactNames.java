package dev.lastgood.config;

import dev.lastgood.condition.FactType;
import dev.lastgood.condition.Vocabulary;
import dev.lastgood.config.Yaml.Items;
import dev.lastgood.config.Yaml.Keys;
import dev.lastgood.config.Yaml.Scalar;
import dev.lastgood.decision.Policy.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// The names that conditions may read: the facts of the file, and what the checks say, which every
/// file has without declaring it.
final class FactNames {
  static final String ANY_UNHEALTHY = "any_check_unhealthy";

  /// A dead service is not unhealthy, it is silent: a rule must be able to see that.
  static final String ANY_ERROR = "any_check_error";

  private static final String CHECK_PREFIX = "check_";
  private static final List<String> WORDS =
      List.of("healthy", "unhealthy", "inconclusive", "error");

  /// Words that CEL keeps for itself, and its types, which a fact of the same name would hide.
  private static final Set<String> TAKEN =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "namespace",
          "null",
          "package",
          "return",
          "true",
          "var",
          "void",
          "while",
          "bool",
          "bytes",
          "double",
          "duration",
          "dyn",
          "int",
          "list",
          "map",
          "string",
          "timestamp",
          "type",
          "uint",
          "size",
          "has",
          "all",
          "exists",
          "exists_one",
          "filter",
          "matches");

  private FactNames() {}

  /// `check_front_door` for the check `front-door`.
  static String ofCheck(String check) {
    return CHECK_PREFIX + check.replace('-', '_').replace('.', '_');
  }

  /// Why a fact of the file cannot have this name; empty when it can.
  static Optional<String> taken(String name) {
    if (TAKEN.contains(name)) {
      return Optional.of("`" + name + "` means something else in conditions; choose another name");
    }
    if (name.startsWith(CHECK_PREFIX) || name.equals(ANY_UNHEALTHY) || name.equals(ANY_ERROR)) {
      return Optional.of("`" + name + "` is known from the checks; choose another name");
    }
    return Optional.empty();
  }

  /// What the checks say, as facts.
  static List<Fact> ofChecks(List<String> checks) {
    var facts = new ArrayList<Fact>();
    for (String check : checks) {
      facts.add(
          new Fact(ofCheck(check), FactType.TEXT, "What does the check " + check + " say?", WORDS));
    }
    facts.add(new Fact(ANY_UNHEALTHY, FactType.YES_NO, "Is any check unhealthy?", List.of()));
    facts.add(new Fact(ANY_ERROR, FactType.YES_NO, "Could any check not be measured?", List.of()));
    return facts;
  }

  /// Read from the tree, because conditions are compiled while it is bound. What is wrong here is
  /// told by the binder.
  static Vocabulary vocabulary(Keys root) {
    var kinds = new TreeMap<String, Vocabulary.Kind>();
    var options = new TreeMap<String, List<String>>();
    List<String> checks = keys(root, "checks").map(Keys::names).orElse(List.of());
    for (Fact fact : ofChecks(checks)) {
      kinds.put(fact.name(), Vocabulary.Kind.of(fact.type()));
      options.put(fact.name(), fact.options());
    }
    keys(root, "decide")
        .flatMap(decide -> keys(decide, "facts"))
        .ifPresent(facts ->
            facts
                .names()
                .forEach(name -> {
                  Optional<Keys> fact = keys(facts, name);
                  kinds.put(name, fact.map(FactNames::kind).orElse(Vocabulary.Kind.ANYTHING));
                  options.put(name, fact.map(FactNames::options).orElse(List.of()));
                }));
    return new Vocabulary(kinds, options);
  }

  private static Optional<Keys> keys(Keys in, String key) {
    return in.value(key).filter(Keys.class::isInstance).map(Keys.class::cast);
  }

  private static Vocabulary.Kind kind(Keys fact) {
    String written = fact.value("type").map(FactNames::text).orElse("");
    for (FactType type : FactType.values()) {
      if (Shapes.kebab(type.name()).equals(written)) {
        return Vocabulary.Kind.of(type);
      }
    }
    // its type is a mistake already; the conditions that read it are not
    return Vocabulary.Kind.ANYTHING;
  }

  private static List<String> options(Keys fact) {
    return fact.value("options")
        .filter(Items.class::isInstance)
        .map(items -> ((Items) items).all().stream().map(FactNames::text).toList())
        .orElse(List.of());
  }

  private static String text(Yaml node) {
    return node instanceof Scalar scalar ? scalar.text() : "";
  }
}
