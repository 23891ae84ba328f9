package dev.lastgood;

import dev.lastgood.cli.Cli;
import dev.lastgood.cli.Terminal;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.flow.Refusal;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Platform;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// A command of Lastgood that runs in this process while somebody reads along: what it has said so
/// far can be asked for, and something can happen right before each act.
public final class Watched {
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  private Watched() {}

  /// @param planned the acts of its plans
  /// @param before what happens before an act is done
  public static Watched begin(
      CommandsHere desk, UnaryOperator<Act> planned, Consumer<Act> before, String... words) {
    var wiring =
        new Wiring(desk.environment()::get, InstantSource.system(), "watched") {
          @Override
          SortedMap<String, Platform> platforms(SystemConfig config, Path base, Path state)
              throws Refusal {
            var platforms = new TreeMap<>(super.platforms(config, base, state));
            platforms.replaceAll((_, real) -> watched(real, planned, before));
            return platforms;
          }
        };
    var command = new Watched();
    var out = new PrintStream(command.text, true, StandardCharsets.UTF_8);
    var terminal =
        new Terminal(out, out, new BufferedReader(new StringReader("")), false, false, 100);
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("-c", desk.config().toString()));
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            command.exit.complete(
                new Cli(
                        wiring,
                        terminal,
                        () -> new DemoCommand(false, InstantSource.system()).words)
                    .run("watched", all.toArray(String[]::new)));
          } catch (RuntimeException | Error e) {
            command.exit.completeExceptionally(e);
          }
        });
    return command;
  }

  private static Platform watched(Platform real, UnaryOperator<Act> planned, Consumer<Act> before) {
    return (Platform)
        Proxy.newProxyInstance(
            Platform.class.getClassLoader(),
            real.getClass().getInterfaces(),
            (_, method, arguments) -> {
              if (method.getName().equals("act")) {
                before.accept((Act) arguments[0]);
              }
              try {
                Object answer = method.invoke(real, arguments);
                return method.getName().equals("methods") ? methods(answer, planned) : answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static List<Method> methods(Object all, UnaryOperator<Act> planned) {
    return ((List<?>) all)
        .stream()
            .map(Method.class::cast)
            .map(m ->
                new Method(
                    m.name(),
                    m.says(),
                    m.legs().stream()
                        .<Leg>map(l -> l instanceof Act act ? planned.apply(act) : l)
                        .toList(),
                    m.costs(),
                    m.losses()))
            .toList();
  }

  public boolean ended() {
    return exit.isDone();
  }

  /// Waits for its end.
  public int exit() {
    return exit.join();
  }

  /// What it has said until now.
  public String text() {
    return text.toString(StandardCharsets.UTF_8);
  }
}
