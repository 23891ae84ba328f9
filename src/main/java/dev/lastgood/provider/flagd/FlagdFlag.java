package dev.lastgood.provider.flagd;

import dev.lastgood.model.Names;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.flag.Flag;
import dev.lastgood.provider.flag.FlagState;
import dev.lastgood.provider.flag.FlagStore;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.SlotLock;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// One flag in a flag file of flagd.
///
/// `state: DISABLED` does not serve `false`: flagd then treats the flag as not there, and the code
/// that asks takes its own default. To give everybody one variant, the flag stays enabled, with
/// that default variant and no targeting. The definition before is kept word for word; a state that
/// is not `off` is then known by its content.
final class FlagdFlag implements FlagStore {
  private static final String STATE = "state";
  private static final String ENABLED = "\"ENABLED\"";
  private static final String DISABLED = "\"DISABLED\"";
  private static final String DEFAULT = "defaultVariant";
  private static final String TARGETING = "targeting";
  private static final int LARGEST = 8 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int KEPT = 20;

  private final Path path;
  private final String flag;
  private final Optional<String> offServes;
  private final Optional<Evaluation> evaluation;
  private final Definitions definitions;
  private final Path lock;

  FlagdFlag(
      Path path,
      String flag,
      Optional<String> offServes,
      Optional<Evaluation> evaluation,
      Definitions definitions,
      Path lock) {
    this.path = path;
    this.flag = flag;
    this.offServes = offServes;
    this.evaluation = evaluation;
    this.definitions = definitions;
    this.lock = lock;
  }

  @Override
  public String platform() {
    return "flagd";
  }

  @Override
  public SortedMap<String, String> place() {
    return new TreeMap<>(Map.of("flag", flag, "path", path.toString()));
  }

  @Override
  public String where() {
    return "in " + path;
  }

  @Override
  public Flag read() throws PlatformUnreachable {
    try {
      return read(file());
    } catch (IOException e) {
      throw new PlatformUnreachable(path + " cannot be read: " + Why.of(e), e);
    }
  }

  private FlagFile file() throws IOException, PlatformUnreachable {
    FlagFile file = FlagFile.of(AtomicFiles.bytes(path, LARGEST), path.toString(), flag);
    String state = file.part(STATE).orElse("nothing");
    if (!state.equals(ENABLED) && !state.equals(DISABLED)) {
      throw new PlatformUnreachable(
          path
              + ": the state of flag "
              + flag
              + " is "
              + Text.clip(Text.plain(state), 40)
              + ", neither ENABLED nor DISABLED");
    }
    return file;
  }

  private Flag read(FlagFile file) throws IOException, PlatformUnreachable {
    boolean enabled = file.part(STATE).equals(Optional.of(ENABLED));
    if (offServes.isEmpty()) {
      FlagState on = new FlagState(FlagState.ON, "its rules decide again who gets what");
      FlagState off =
          new FlagState(
              FlagState.OFF,
              "flagd treats it as not there: everybody gets the default of the code that asks");
      return new Flag(Optional.of(enabled ? on : off), List.of(enabled ? off : on), List.of());
    }
    FlagState off = off(file);
    boolean isOff = isOff(file);
    FlagState now = isOff ? off : before(file.definition());
    List<FlagState> others = new ArrayList<>();
    if (!isOff) {
      others.add(off);
    }
    for (String id : definitions.all()) {
      Optional<String> kept = definitions.kept(id);
      if (kept.isPresent() && others.size() < KEPT) {
        FlagState before = before(kept.get());
        if (!before.id().equals(now.id())) {
          others.add(before);
        }
      }
    }
    return new Flag(Optional.of(now), others, List.of());
  }

  private FlagState off(FlagFile file) throws PlatformUnreachable {
    String variant = offServes.orElseThrow();
    JsonNode variants = FlagFile.tree(file.definition(), path.toString()).path("variants");
    JsonNode value = variants.path(variant);
    if (value.isMissingNode()) {
      throw new PlatformUnreachable(
          path
              + ": flag "
              + flag
              + " has no variant `"
              + variant
              + "` (off-serves)"
              + Names.hint(variant, variants.propertyNames()));
    }
    return new FlagState(
        FlagState.OFF,
        "everybody gets " + variant + ", `" + Text.clip(Text.plain(value.toString()), 40) + "`");
  }

  private FlagState before(String definition) throws PlatformUnreachable {
    boolean enabled =
        FlagFile.tree(definition, path.toString()).path(STATE).asString("").equals("ENABLED");
    return new FlagState(
        (enabled ? "on-" : "off-") + Definitions.id(definition),
        "its definition is what it was, word for word");
  }

  /// Enabled, the wanted variant is the default, and no rule can give anybody another one.
  private boolean isOff(FlagFile file) {
    return file.part(STATE).equals(Optional.of(ENABLED))
        && file.part(DEFAULT).equals(offServes.map(FlagFile::quoted))
        && file.part(TARGETING).map(t -> t.replaceAll("\\s", "")).orElse("{}").equals("{}");
  }

  @Override
  public Sight served(FlagState to, String seen) {
    boolean disabled =
        offServes.isEmpty() ? to.id().equals(FlagState.OFF) : to.id().startsWith("off-");
    Optional<String> variant = to.id().equals(FlagState.OFF) ? offServes : Optional.empty();
    return evaluation
        .map(e -> e.serves(seen, disabled, variant))
        .orElseGet(() -> new Sight.Holds(seen));
  }

  @Override
  public Outcome turn(Flag seen, FlagState to, String comment) {
    try (SlotLock turn = SlotLock.take(lock, PATIENCE).orElse(null)) {
      return turn == null
          ? new Outcome.Refused("somebody else is changing " + path + "; nothing was changed here")
          : turned(seen, to);
    } catch (IOException e) {
      return new Outcome.Refused(
          path + " was not touched, " + lock + " cannot be locked: " + Why.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Refused("interrupted before " + path + " was touched");
    }
  }

  private Outcome turned(Flag seen, FlagState to) {
    byte[] after;
    try {
      FlagFile file = file();
      Flag now = read(file);
      if (now.now().equals(Optional.of(to))) {
        return new Outcome.Done("it is " + to.id() + " already");
      }
      if (!now.now().equals(seen.now())) {
        return new Outcome.Refused(
            "somebody changed " + flag + " in the same moment; nothing was changed here");
      }
      Optional<String> definition = definition(file, to);
      if (definition.isEmpty()) {
        return new Outcome.Refused(
            "the definition " + to.id() + " is not kept here any more; nothing was changed");
      }
      after = file.replaced(definition.get());
      Optional<String> wrong = wrong(file, after, to);
      if (wrong.isPresent()) {
        return new Outcome.Refused(wrong.get() + "; nothing was changed");
      }
      if (offServes.isPresent()) {
        definitions.keep(file.definition());
      }
    } catch (PlatformUnreachable e) {
      return new Outcome.Refused(e.getMessage() + "; nothing was changed");
    } catch (IOException e) {
      return new Outcome.Refused("nothing was changed: " + Why.of(e));
    }
    return written(after, to);
  }

  private Optional<String> definition(FlagFile file, FlagState to) throws IOException {
    if (offServes.isEmpty()) {
      return Optional.of(
          file.with(
              new TreeMap<>(Map.of(STATE, to.id().equals(FlagState.OFF) ? DISABLED : ENABLED))));
    }
    if (!to.id().equals(FlagState.OFF)) {
      return definitions.kept(to.id().substring(to.id().indexOf('-') + 1));
    }
    var values = new TreeMap<String, String>();
    values.put(STATE, ENABLED);
    values.put(DEFAULT, FlagFile.quoted(offServes.get()));
    file.part(TARGETING).ifPresent(_ -> values.put(TARGETING, "{}"));
    return Optional.of(file.with(values));
  }

  /// The new text is read as strictly as the old one, before it is written.
  private Optional<String> wrong(FlagFile before, byte[] after, FlagState to)
      throws IOException, PlatformUnreachable {
    FlagFile now = FlagFile.of(after, path.toString(), flag);
    boolean reached = read(now).now().filter(s -> s.id().equals(to.id())).isPresent();
    JsonNode old = FlagFile.tree(before.replacedText("{}"), path.toString());
    JsonNode other = FlagFile.tree(now.replacedText("{}"), path.toString());
    return reached && old.equals(other)
        ? Optional.empty()
        : Optional.of(path + " cannot be changed surely: its form is not known");
  }

  private Outcome written(byte[] after, FlagState to) {
    try {
      AtomicFiles.write(path, after);
      return new Outcome.Done(to.serves());
    } catch (IOException e) {
      String words = path + " cannot be replaced: " + Why.of(e);
      try {
        return read().now().filter(s -> s.id().equals(to.id())).isPresent()
            ? new Outcome.Unknown(words + "; it is " + to.id() + " all the same")
            : new Outcome.Refused(words + " (it is as it was)");
      } catch (PlatformUnreachable alsoUnreadable) {
        return new Outcome.Unknown(words);
      }
    }
  }

  @Override
  public String byHand(FlagState to) {
    String edit =
        offServes.isEmpty()
            ? "`state` to " + (to.id().equals(FlagState.OFF) ? DISABLED : ENABLED)
            : to.id().equals(FlagState.OFF)
                ? "`defaultVariant` to \"" + offServes.get() + "\" and `targeting` to {}"
                : "its definition back to "
                    + definitions.folder()
                    + "/"
                    + to.id().substring(to.id().indexOf('-') + 1)
                    + ".json";
    return "in " + path + ", flag " + flag + ": set " + edit;
  }

  @Override
  public List<String> costs() {
    return evaluation.isEmpty()
        ? List.of("that flagd has read the file is not seen: `evaluates` is not set")
        : List.of();
  }

  @Override
  public Duration expected() {
    return evaluation.isEmpty() ? Duration.ofMillis(20) : Duration.ofSeconds(2);
  }
}
