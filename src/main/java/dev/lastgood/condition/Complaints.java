package dev.lastgood.condition;

import dev.cel.common.CelIssue;
import dev.cel.common.CelSourceLocation;
import dev.lastgood.condition.BadCondition.Problem;
import dev.lastgood.model.Names;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Turns what the compiler says into words for whoever wrote the condition, with places in the text
/// as it was written. A sentence that is not known here is passed on as it is.
final class Complaints {
  private static final Pattern UNDECLARED = Pattern.compile("undeclared reference to '([^']*)'.*");
  private static final Pattern OVERLOAD =
      Pattern.compile("found no matching overload for '([^']*)' applied to '(.*?)' \\(cand.*");
  private static final Pattern RESULT =
      Pattern.compile("expected type 'bool' but found '([^']*)'.*");

  private static final Map<String, String> TYPES =
      Map.of(
          "bool", Vocabulary.Kind.YES_NO.words(),
          "double", Vocabulary.Kind.NUMBER.words(),
          "int", Vocabulary.Kind.WHOLE.words(),
          "string", Vocabulary.Kind.TEXT.words(),
          "google.protobuf.Duration", Vocabulary.Kind.DURATION.words(),
          "map(string, string)", Vocabulary.Kind.TEXTS.words(),
          "dyn", Vocabulary.Kind.ANYTHING.words());

  private static final List<String> FUNCTIONS =
      List.of(
          "all",
          "bool",
          "contains",
          "double",
          "duration",
          "endsWith",
          "exists",
          "exists_one",
          "filter",
          "has",
          "int",
          "map",
          "matches",
          "size",
          "startsWith",
          "string",
          "timestamp");

  private final Literals literals;
  private final Vocabulary vocabulary;

  Complaints(Literals literals, Vocabulary vocabulary) {
    this.literals = literals;
    this.vocabulary = vocabulary;
  }

  List<Problem> problems(List<CelIssue> issues) {
    // after one syntax error the parser guesses, and what it says next misleads
    boolean syntax = issues.stream().noneMatch(issue -> known(issue.getMessage()));
    return issues.stream().limit(syntax ? 1 : 20).map(this::problem).distinct().toList();
  }

  private static boolean known(String message) {
    return UNDECLARED.matcher(message).matches()
        || OVERLOAD.matcher(message).matches()
        || RESULT.matcher(message).matches();
  }

  private Problem problem(CelIssue issue) {
    int at = offset(issue.getSourceLocation());
    Matcher undeclared = UNDECLARED.matcher(issue.getMessage());
    if (undeclared.matches()) {
      return unknown(undeclared.group(1), at);
    }
    return new Problem(literals.written(at), words(issue.getMessage()));
  }

  private int offset(CelSourceLocation at) {
    String cel = literals.cel();
    int line = 0;
    for (int n = 1; n < at.getLine() && cel.indexOf('\n', line) >= 0; n++) {
      line = cel.indexOf('\n', line) + 1;
    }
    int column = Math.clamp(at.getColumn(), 0, cel.codePointCount(line, cel.length()));
    return cel.offsetByCodePoints(line, column);
  }

  private String words(String message) {
    Matcher overload = OVERLOAD.matcher(message);
    if (overload.matches()) {
      return mismatch(overload.group(1), overload.group(2));
    }
    Matcher result = RESULT.matcher(message);
    if (result.matches()) {
      return "a condition must be yes or no; this is " + type(result.group(1));
    }
    return syntax(message);
  }

  private Problem unknown(String name, int at) {
    // of a function the compiler gives the place of its bracket
    if (literals.cel().startsWith("(", at)) {
      return new Problem(
          literals.written(Math.max(0, at - name.length())),
          "unknown function `" + name + "`" + Names.hint(name, FUNCTIONS));
    }
    return new Problem(
        literals.written(at),
        "unknown name `" + name + "`" + Names.hint(name, vocabulary.names().keySet()));
  }

  private static String mismatch(String function, String types) {
    String sign = function.replace("_", "").replace("@", "");
    String inner = types.replaceFirst("^.*?\\(", "").replaceFirst("\\)$", "");
    boolean mixed = inner.equals("double, int") || inner.equals("int, double");
    return "`"
        + sign
        + "` does not work on "
        + String.join(" and ", parts(inner).stream().map(Complaints::type).toList())
        + (mixed ? "; write whole numbers with a fraction here, e.g. `100.0`" : "");
  }

  /// Splits at the commas that are not inside brackets.
  private static List<String> parts(String types) {
    return List.of(types.split(", (?![^(]*\\))"));
  }

  private static String type(String cel) {
    return TYPES.getOrDefault(cel, cel);
  }

  private static String syntax(String message) {
    if (message.contains("input '<EOF>'")) {
      return "the condition ends too early";
    }
    String cause = message.replaceFirst(" expecting .*", "");
    return "not a condition: " + dev.lastgood.model.Text.clip(cause, 160);
  }
}
