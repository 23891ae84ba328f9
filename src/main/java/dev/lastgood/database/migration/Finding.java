package dev.lastgood.database.migration;

import dev.lastgood.database.sql.Deed;
import dev.lastgood.database.sql.Named;
import java.util.Optional;

/// What one deed of a migration means to code that knows the schema before it.
///
/// @param says what was done, and why that matters
public record Finding(Weight weight, String says) {
  private static final String NEEDED = "it needs a value that older code does not give";
  private static final String COMPUTED = "what older code writes may make it null";
  private static final String FORBIDS = "older code may write what it forbids";
  private static final String ON_CONFLICT =
      "does older code count on it, or name it in `on conflict`?";

  private static final String NOT_READ = "what it is was not read; if it is unique, " + ON_CONFLICT;

  /// From harmless to worst; `ASK` is outside of the order.
  public enum Weight {
    SAFE,
    STEP_DOWN,
    RESTORE,
    ASK
  }

  private static Finding safe(Deed deed) {
    return new Finding(Weight.SAFE, deed.says());
  }

  private static Finding safe(Deed deed, String but) {
    return new Finding(Weight.SAFE, deed.says() + ": " + but);
  }

  private static Finding stepDown(Deed deed, String why) {
    return new Finding(Weight.STEP_DOWN, deed.says() + ": " + why);
  }

  private static Finding restore(Deed deed, String why) {
    return new Finding(Weight.RESTORE, deed.says() + ": " + why);
  }

  private static Finding ask(Deed deed, String why) {
    return new Finding(Weight.ASK, deed.says() + ": " + why);
  }

  /// @param world before the deed
  static Finding of(Deed deed, World world) {
    return switch (deed) {
      case Deed.CreateTable d -> safe(d);
      case Deed.Nothing d -> safe(d);
      case Deed.DropTable d ->
          world.isNew(d.table())
              ? safe(d, "older code does not know it")
              : restore(d, "older code needs it, and its rows are only in an earlier state");
      case Deed.AddColumn d ->
          d.needed() && !world.isNew(d.table())
              ? stepDown(d, d.filled() == Deed.Filled.COMPUTED ? COMPUTED : NEEDED)
              : safe(d);
      case Deed.DropColumn d ->
          world.isNew(d.table(), d.column())
              ? safe(d, "older code does not know it")
              : restore(d, "older code needs it, and its values are only in an earlier state");
      case Deed.RenameColumn d ->
          world.isNew(d.table(), d.from())
              ? safe(d, "older code does not know it")
              : stepDown(d, "older code asks for the old name");
      case Deed.RenameTable d ->
          world.isNew(d.from())
              ? safe(d, "older code does not know it")
              : stepDown(d, "older code asks for the old name");
      case Deed.ChangeType d -> type(d, world);
      case Deed.NotNull d -> notNull(d, world);
      case Deed.Default d -> fallback(d, world);
      case Deed.AddRule d -> rule(d, world);
      case Deed.RuleOfColumn d -> rule(d, world);
      case Deed.GivenAlways d ->
          world.isNew(d.table(), d.column())
              ? safe(d)
              : stepDown(d, "older code may give a value of its own, which is refused now");
      case Deed.DropRule d -> dropped(d, world);
      case Deed.RenameRule d -> safe(d);
      case Deed.CreateIndex d ->
          d.unique() && !world.isNew(d.table()) && !world.staysNull(d.table(), d.columns())
              ? stepDown(d, FORBIDS)
              : safe(d);
      case Deed.DropIndex d ->
          world.isUnique(d.name())
              ? ask(d, ON_CONFLICT)
              : world.mayBeUnique(d.name())
                  ? ask(d, NOT_READ)
                  : safe(d, "older code may be slower without it");
      case Deed.Make d -> make(d, world);
      case Deed.Remove d ->
          world.madeSince(d.kind(), d.name())
              ? safe(d, "older code does not know it")
              : ask(d, "does older code need it?");
      case Deed.AddValue d -> safe(d, "older code may not know the value when it reads it");
      case Deed.RowSecurity d ->
          world.isNew(d.table())
              ? safe(d)
              : d.on()
                  ? stepDown(d, "older code may no longer see its rows")
                  : ask(d, "may everybody see all rows until then?");
      case Deed.Rows d -> rows(d, world);
      case Deed.Restricts d -> stepDown(d, "older code may need it as it was");
      case Deed.Unjudged d -> new Finding(Weight.ASK, d.says());
    };
  }

  /// A new column is filled, and then null is forbidden in it: nobody tells older code.
  private static Finding notNull(Deed.NotNull deed, World world) {
    if (!deed.now() || world.isNew(deed.table())) {
      return safe(deed);
    }
    if (!world.isNew(deed.table(), deed.column())) {
      return stepDown(deed, "older code may write null");
    }
    return world.isGiven(deed.table(), deed.column())
        ? safe(deed)
        : stepDown(deed, world.isComputed(deed.table(), deed.column()) ? COMPUTED : NEEDED);
  }

  private static Finding rule(Deed.AddRule deed, World world) {
    if (world.isNew(deed.table())
        || replaced(deed, world)
        || world.staysNull(deed.table(), deed.columns())
        || deed.check().filter(c -> world.holds(deed.table(), c)).isPresent()) {
      return deed.keeps().filter(t -> !world.isNew(t)).isPresent()
          ? safe(
              deed,
              "rows of "
                  + deed.keeps().get()
                  + " that it refers to cannot be deleted any more, by older code neither")
          : safe(deed);
    }
    return stepDown(deed, FORBIDS);
  }

  private static Finding dropped(Deed.DropRule deed, World world) {
    if (world.isNew(deed.table())) {
      return safe(deed);
    }
    return world.isUnique(deed.table(), deed.name())
        ? ask(deed, ON_CONFLICT)
        : world.mayBeUnique(deed.table(), deed.name()) ? ask(deed, NOT_READ) : safe(deed);
  }

  private static Finding rule(Deed.RuleOfColumn deed, World world) {
    if (world.isNew(deed.table())) {
      return safe(deed);
    }
    boolean alone = deed.rule().alone();
    return switch (deed.rule().holds()) {
      case YES, GIVEN -> safe(deed);
      case NO ->
          stepDown(
              deed,
              alone
                  ? "each row of older code gets the same value, and the second one is refused"
                  : FORBIDS);
      case UNSURE ->
          alone
              ? ask(deed, "does its default give another value each time?")
              : stepDown(
                  deed, "what its default refers to must stay, and older code may delete it");
    };
  }

  /// Frameworks add a column with a default for the rows that are there, and drop the default.
  private static Finding fallback(Deed.Default deed, World world) {
    if (deed.value().isPresent() && world.mustStayNull(deed.table(), deed.column())) {
      return stepDown(deed, FORBIDS);
    }
    if (deed.value().isPresent() || world.isNew(deed.table())) {
      return safe(deed);
    }
    if (!world.isNew(deed.table(), deed.column())) {
      return stepDown(deed, "older code may rely on it");
    }
    return world.isMust(deed.table(), deed.column()) ? stepDown(deed, NEEDED) : safe(deed);
  }

  /// A rule that is dropped and made again under its name (another `on delete`) is no new one.
  private static boolean replaced(Deed.AddRule rule, World world) {
    return rule.kind().equals("FOREIGN KEY")
        && rule.name().filter(n -> world.wasMade("rule", rule.table(), n)).isPresent();
  }

  private static Finding type(Deed.ChangeType deed, World world) {
    if (world.isNew(deed.table(), deed.column())) {
      return safe(deed);
    }
    Optional<String> before = world.type(deed.table(), deed.column());
    if (before.isEmpty()) {
      return ask(deed, "what it was before is not in the migrations");
    }
    Types.Change change = Types.change(before.get(), deed.type());
    if (deed.using() || change == Types.Change.UNKNOWN) {
      return ask(deed, "it was " + before.get() + "; were values changed by that?");
    }
    return change == Types.Change.SAME_OR_WIDER
        ? safe(deed, "it was " + before.get())
        : stepDown(deed, "it was " + before.get() + ", and older code may write what is too large");
  }

  private static Finding make(Deed.Make deed, World world) {
    if (deed.replace() && world.mayBeMade(deed.kind(), deed.name())) {
      return ask(deed, "can older code live with the new one?");
    }
    boolean onOld = deed.on().filter(t -> !world.isNew(t)).isPresent();
    if (onOld && deed.kind().equals("trigger")) {
      return stepDown(deed, "it runs for what older code writes, too");
    }
    if (onOld && deed.kind().equals("restrictive policy")) {
      return stepDown(deed, "older code may no longer see its rows");
    }
    return deed.kind().equals("rule") ? ask(deed, "what does it rewrite?") : safe(deed);
  }

  private static Finding rows(Deed.Rows deed, World world) {
    Named table = deed.table();
    if (world.isNew(table)) {
      return safe(deed, "older code does not know the table");
    }
    return switch (deed.verb()) {
      case "INSERT" -> safe(deed, "they stay");
      case "UPDATE" ->
          !deed.columns().isEmpty() && deed.columns().stream().allMatch(c -> world.isNew(table, c))
              ? safe(deed, "older code does not know the columns")
              : restore(deed, "what they were is only in an earlier state");
      default -> restore(deed, "what they were is only in an earlier state");
    };
  }
}
