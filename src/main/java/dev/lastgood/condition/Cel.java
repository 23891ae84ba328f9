package dev.lastgood.condition;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Compiles conditions written in CEL. The library costs a sixth of a second in a fresh process, so
/// it is not touched for a condition whose check is remembered, until that condition is tested.
public final class Cel {
  /// What the remembered bytes depend on besides the condition. Changes with the library.
  static final String VERSION = "1 cel 0.14.0";

  private final Memory memory;
  private @Nullable CelLibrary library;

  public Cel(Memory memory) {
    this.memory = memory;
  }

  /// Forgets between processes.
  public Cel() {
    this(Memory.NONE);
  }

  /// @param source a CEL expression; numbers may carry units, `5%` or `10m`
  /// @throws BadCondition if it does not parse, reads an unknown name, or is not a yes-no
  ///   expression
  public Condition compile(String source, Vocabulary vocabulary) throws BadCondition {
    String key = key(source, vocabulary);
    Optional<Compiled> known = memory.recall(key).flatMap(Compiled::read);
    if (known.isPresent()) {
      return new CelCondition(source, known.get(), vocabulary, this::program);
    }
    Compiled fresh = library().compile(source, vocabulary);
    memory.remember(key, fresh.bytes());
    return new CelCondition(source, fresh, vocabulary, this::program);
  }

  /// Gets the library ready: the first condition that is tested would wait for it. To be called
  /// beside what else is done.
  public void warmUp() {
    library().warmUp();
  }

  private CelCondition.Program program(Compiled compiled) {
    return library().program(compiled);
  }

  private synchronized CelLibrary library() {
    CelLibrary loaded = library;
    if (loaded == null) {
      loaded = new CelLibrary();
      library = loaded;
    }
    return loaded;
  }

  private static String key(String source, Vocabulary vocabulary) {
    return String.join(
        "\n", VERSION, vocabulary.names().toString(), vocabulary.options().toString(), source);
  }

  /// Keeps checked conditions from one process to the next. What it gives back may be damaged or
  /// lost at any time; the condition is then compiled again.
  public interface Memory {
    Memory NONE =
        new Memory() {
          @Override
          public Optional<byte[]> recall(String key) {
            return Optional.empty();
          }

          @Override
          public void remember(String key, byte[] value) {}
        };

    /// @param key any text, of any length
    Optional<byte[]> recall(String key);

    /// Failing to remember is no error.
    void remember(String key, byte[] value);
  }
}
