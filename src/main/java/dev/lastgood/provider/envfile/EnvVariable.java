package dev.lastgood.provider.envfile;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.flag.Flag;
import dev.lastgood.provider.flag.FlagState;
import dev.lastgood.provider.flag.FlagStore;
import dev.lastgood.provider.local.Argv;
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
import java.util.stream.Stream;

/// A flag that is a variable in an env file.
final class EnvVariable implements FlagStore {
  private static final int LARGEST = 4 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Path path;
  private final String name;
  private final String on;
  private final String off;
  private final Path lock;
  private final FlagState isOn;
  private final FlagState isOff;
  private final FlagState unset;

  EnvVariable(Path path, String name, String on, String off, Path lock) {
    this.path = path;
    this.name = name;
    this.on = on;
    this.off = off;
    this.lock = lock;
    isOn = new FlagState(FlagState.ON, name + " is `" + on + "`");
    isOff = new FlagState(FlagState.OFF, name + " is `" + off + "`");
    unset = new FlagState("unset", name + " is not set: the default of the code that reads it");
  }

  @Override
  public String platform() {
    return "env-flag";
  }

  @Override
  public SortedMap<String, String> place() {
    return new TreeMap<>(Map.of("flag", name, "path", path.toString()));
  }

  @Override
  public String where() {
    return "in " + path;
  }

  /// The value that belongs to a state; empty: none.
  Optional<String> value(String state) {
    return switch (state) {
      case FlagState.ON -> Optional.of(on);
      case FlagState.OFF -> Optional.of(off);
      default -> Optional.empty();
    };
  }

  Path path() {
    return path;
  }

  /// Whether the file says so now.
  boolean stands(String state) {
    try {
      return read().now().filter(s -> s.id().equals(state)).isPresent();
    } catch (PlatformUnreachable e) {
      return false;
    }
  }

  @Override
  public Flag read() throws PlatformUnreachable {
    try {
      return read(AtomicFiles.bytes(path, LARGEST));
    } catch (IOException e) {
      throw new PlatformUnreachable(path + " cannot be read: " + Why.of(e), e);
    }
  }

  private Flag read(byte[] content) throws PlatformUnreachable {
    EnvText text =
        EnvText.read(content).orElseThrow(() -> new PlatformUnreachable(path + " is no text"));
    Optional<String> value = Optional.ofNullable(text.values().get(name));
    List<String> notes = new ArrayList<>();
    text.notes().stream().filter(n -> n.startsWith(name + " ")).forEach(notes::add);
    Optional<FlagState> now =
        value.isEmpty()
            ? Optional.of(unset)
            : Stream.of(isOn, isOff).filter(s -> value(s.id()).equals(value)).findFirst();
    if (now.isEmpty()) {
      // It may be anything, a secret too, so it is not shown.
      notes.add(
          name
              + " in "
              + path
              + " is neither `"
              + on
              + "` nor `"
              + off
              + "`: correct `on` and `off`, or it cannot be put back");
    }
    return new Flag(
        now,
        Stream.of(isOff, isOn, unset).filter(s -> !now.equals(Optional.of(s))).toList(),
        notes);
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
    try {
      byte[] content = AtomicFiles.bytes(path, LARGEST);
      Flag now = read(content);
      if (now.now().equals(Optional.of(to))) {
        return new Outcome.Done("it is " + to.id() + " already");
      }
      if (!now.now().equals(seen.now())) {
        return new Outcome.Refused(
            "somebody changed " + name + " in the same moment; nothing was changed here");
      }
      Optional<String> value = value(to.id());
      Optional<byte[]> after =
          value.isPresent()
              ? EnvEdit.with(content, name, value.get())
              : EnvEdit.without(content, name);
      if (after.isEmpty()) {
        return new Outcome.Refused(
            name
                + " cannot be changed surely in "
                + path
                + ": its value has several lines, or it stands there in a form that is not known;"
                + " nothing was changed");
      }
      AtomicFiles.write(path, after.get());
      return new Outcome.Done(to.serves());
    } catch (PlatformUnreachable e) {
      return new Outcome.Refused(e.getMessage() + "; nothing was changed");
    } catch (IOException e) {
      String words = path + " cannot be replaced: " + Why.of(e);
      try {
        return read().now().equals(Optional.of(to))
            ? new Outcome.Unknown(words + "; it is " + to.id() + " all the same")
            : new Outcome.Refused(words + " (it is as it was)");
      } catch (PlatformUnreachable alsoUnreadable) {
        return new Outcome.Unknown(words);
      }
    }
  }

  @Override
  public String byHand(FlagState to) {
    Optional<String> value = value(to.id());
    return new Argv(
                List.of("vi", path.toString()), Optional.empty(), Map.of(), Duration.ofSeconds(1))
            .shown()
        + "   # "
        + value.map(v -> name + "=" + v).orElse("take the line " + name + "=… out");
  }

  @Override
  public List<String> costs() {
    return List.of("what runs keeps the old value until it is started anew");
  }

  @Override
  public Duration expected() {
    return Duration.ofMillis(20);
  }
}
