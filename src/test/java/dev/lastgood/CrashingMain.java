package dev.lastgood;

import dev.lastgood.cli.Cli;
import dev.lastgood.cli.Terminal;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.flow.Refusal;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Piecemeal;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import dev.lastgood.run.Journal;
import dev.lastgood.store.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Lastgood as it is, but killed with SIGKILL at a chosen point: `before:N` or `after:N`, the Nth
/// entry that the run writes; or `during:VERB:MILLIS`, so long after the act of that verb began.
public final class CrashingMain {
  private CrashingMain() {}

  public static void main(String[] args) {
    String[] point = args[0].split(":");
    var wiring =
        new Wiring(System::getenv, InstantSource.system(), "crashing") {
          @Override
          Journal journal(Database database) {
            Journal journal = super.journal(database);
            return point[0].equals("before") || point[0].equals("after")
                ? dying(journal, point)
                : journal;
          }

          @Override
          SortedMap<String, Platform> platforms(SystemConfig config, Path base, Path state)
              throws Refusal {
            var platforms = new TreeMap<String, Platform>();
            for (var real : super.platforms(config, base, state).entrySet()) {
              platforms.put(
                  real.getKey(),
                  point[0].equals("during")
                      ? new Dying(real.getValue(), point[1], Long.parseLong(point[2]))
                      : real.getValue());
            }
            return platforms;
          }
        };
    var terminal =
        new Terminal(
            System.out, System.err, new BufferedReader(new StringReader("")), false, false, 100);
    String[] words = Arrays.copyOfRange(args, 1, args.length);
    System.exit(
        new Cli(wiring, terminal, () -> new DemoCommand(false, InstantSource.system()).words)
            .run("crashing", words));
  }

  private static Journal dying(Journal journal, String... point) {
    int wanted = Integer.parseInt(point[1]);
    var written = new AtomicInteger();
    return (Journal)
        Proxy.newProxyInstance(
            Journal.class.getClassLoader(),
            new Class<?>[] {Journal.class},
            (_, method, arguments) -> {
              boolean entry = method.getName().equals("append") || method.getName().equals("take");
              boolean now = entry && written.incrementAndGet() == wanted;
              if (now && point[0].equals("before")) {
                die();
              }
              try {
                Object answer = method.invoke(journal, arguments);
                if (now) {
                  die();
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static void die() {
    try {
      new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid()))
          .start()
          .waitFor();
      Thread.currentThread().join();
    } catch (IOException | InterruptedException e) {
      Runtime.getRuntime().halt(137);
    }
  }

  /// Begins the act and dies while it is at it.
  private record Dying(Platform real, String verb, long millis)
      implements Platform, Capturable, Piecemeal {
    @Override
    public Outcome act(Act act, String key) {
      if (act.verb().equals(verb)) {
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              long end = System.nanoTime() + millis * 1_000_000;
              while (System.nanoTime() < end) {
                Thread.onSpinWait();
              }
              die();
            });
        real.act(act, key);
        die();
      }
      return real.act(act, key);
    }

    @Override
    public Inventory inventory() throws PlatformUnreachable {
      return real.inventory();
    }

    @Override
    public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
      return real.methods(from, to);
    }

    @Override
    public Piece piece(Release from, Release to, List<String> parts)
        throws PlatformUnreachable, NoSuchPart {
      return ((Piecemeal) real).piece(from, to, parts);
    }

    @Override
    public Sight look(Act act) {
      return real.look(act);
    }

    @Override
    public List<Exhibit> capture(Release release) {
      return ((Capturable) real).capture(release);
    }
  }
}
