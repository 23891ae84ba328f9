package dev.lastgood.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// What a command may be told: its options and arguments, each with what it does with the value.
/// picocli's annotations say the same, but reading them took a quarter of the time of `status`.
///
/// The names of an option are separated by commas: `-y,--yes`. An option that is not given leaves
/// everything as it was.
public final class Words {
  private final CommandSpec spec;
  private int arguments;

  /// @param work what is done when the command is chosen; its result is the exit code
  public Words(Callable<Integer> work, String name, String header, String... description) {
    spec = CommandSpec.wrapWithoutInspection(work).name(name);
    spec.usageMessage().header(header).description(description);
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Show this help message and exit.")
            .build());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Print version information and exit.")
            .build());
  }

  public CommandSpec spec() {
    return spec;
  }

  public void flag(String names, String says, Consumer<Boolean> into) {
    option(names, "", says, false, boolean.class, new Into<>(Boolean.class, into));
  }

  public void text(String names, String label, String says, Consumer<String> into) {
    option(names, label, says, false, String.class, new Into<>(String.class, into));
  }

  public void neededText(String names, String label, String says, Consumer<String> into) {
    option(names, label, says, true, String.class, new Into<>(String.class, into));
  }

  public void path(String names, String label, String says, Consumer<Path> into) {
    option(names, label, says, false, Path.class, new Into<>(Path.class, into));
  }

  public void number(String names, String label, String says, Consumer<Integer> into) {
    option(names, label, says, false, Integer.class, new Into<>(Integer.class, into));
  }

  /// May be given more than once.
  public void texts(String names, String label, String says, List<String> into) {
    option(names, label, says, false, List.class, new Filling(into));
  }

  public void argument(String label, String says, Consumer<String> into) {
    argument(label, says, "1", String.class, new Into<>(String.class, into));
  }

  public void maybeArgument(String label, String says, Consumer<String> into) {
    argument(label, says, "0..1", String.class, new Into<>(String.class, into));
  }

  public void pathArgument(String label, String says, Consumer<Path> into) {
    argument(label, says, "1", Path.class, new Into<>(Path.class, into));
  }

  public void maybePathArgument(String label, String says, Consumer<Path> into) {
    argument(label, says, "0..1", Path.class, new Into<>(Path.class, into));
  }

  public void numberArgument(String label, String says, Consumer<Long> into) {
    argument(label, says, "1", Long.class, new Into<>(Long.class, into));
  }

  /// All that is left, perhaps nothing.
  public void arguments(String label, String says, List<String> into) {
    argument(label, says, "0..*", List.class, new Filling(into));
  }

  private void option(
      String names, String label, String says, boolean needed, Class<?> type, Place into) {
    var option = OptionSpec.builder(names.split(",", -1)).description(says).required(needed);
    if (!label.isEmpty()) {
      option.paramLabel(label);
    }
    spec.addOption(option.type(type).auxiliaryTypes(of(type)).getter(into).setter(into).build());
  }

  private void argument(String label, String says, String arity, Class<?> type, Place into) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .index(type == List.class ? arguments + "..*" : String.valueOf(arguments++))
            .arity(arity)
            .required(arity.equals("1"))
            .paramLabel(label)
            .description(says)
            .type(type)
            .auxiliaryTypes(of(type))
            .getter(into)
            .setter(into)
            .build());
  }

  /// What picocli turns a word into.
  private static Class<?> of(Class<?> type) {
    return type == List.class ? String.class : type;
  }

  /// Where a value goes.
  private interface Place extends IGetter, ISetter {}

  /// picocli also sets what it calls the initial value, which is none here.
  private record Into<T>(Class<T> type, Consumer<T> into) implements Place {
    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // picocli's signature
    public <V> @Nullable V get() {
      return null;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // picocli's signature
    public <V> V set(V value) {
      if (value != null) {
        into.accept(type.cast(value));
      }
      return value;
    }
  }

  /// picocli adds each further word to what it gets.
  private record Filling(List<String> into) implements Place {
    @Override
    @SuppressWarnings({"TypeParameterUnusedInFormals", "unchecked"}) // picocli's signature
    public <V> V get() {
      return (V) into;
    }

    @Override
    @SuppressWarnings("TypeParameterUnusedInFormals") // picocli's signature
    public <V> V set(V value) {
      if (value instanceof List<?> all) {
        // it may be this very list
        List<?> words = List.copyOf(all);
        into.clear();
        words.forEach(one -> into.add((String) one));
      }
      return value;
    }
  }
}
