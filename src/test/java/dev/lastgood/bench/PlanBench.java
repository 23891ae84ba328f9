package dev.lastgood.bench;

import com.sun.net.httpserver.HttpServer;
import dev.lastgood.InProcess;
import dev.lastgood.InProcess.Said;
import dev.lastgood.rehearsal.PlayedApi;
import dev.lastgood.rehearsal.PlayedRailway;
import dev.lastgood.rehearsal.PlayedVercel;
import dev.lastgood.rehearsal.Quota;
import dev.lastgood.rehearsal.Trap;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole plan, two services on Railway and after them a project on Vercel, on played platforms
/// whose every answer takes 200 ms and whose states take their time, against the longest chain of
/// what those platforms themselves need. See `bench/README.md`.
public final class PlanBench {
  private static final Duration ANSWER = Duration.ofMillis(200);
  private static final Duration STATE = Duration.ofSeconds(4);
  private static final int STATES = 3;
  private static final Duration SETTLE = Duration.ofSeconds(10);
  private static final Duration ALIASES = Duration.ofSeconds(5);
  private static final int PASSES = 2;
  private static final int HOBBY = 1000;
  private static final int ALWAYS = 1_000_000;
  private static final String TOKEN = "bench-token";
  private static final String GOOD = "dpl-good";
  private static final String BAD = "dpl-bad";
  private static final List<String> ALL = List.of("backend", "ai-engine", "admin-dashboard");

  private PlanBench() {}

  public static void main(String[] args) throws Exception {
    int rounds = args.length == 0 ? 3 : Integer.parseInt(args[0]);
    List<Double> ratios = new ArrayList<>();
    for (int n = 0; n < rounds; n++) {
      Path folder = Files.createTempDirectory("lastgood-plan-bench");
      try (var system = new Played(folder)) {
        ratios.add(round(system));
      } finally {
        new ProcessBuilder("rm", "-rf", folder.toString()).start().waitFor();
      }
    }
    System.out.printf(
        Locale.ROOT,
        "median of %d: %.3f x the longest chain (we hold 1.15)%n",
        rounds,
        ratios.stream().sorted().toList().get(rounds / 2));
    System.exit(0);
  }

  private static double round(Played system) throws IOException {
    ALL.forEach(c -> system.does("record", c, GOOD));
    ALL.forEach(c -> system.does("mark", "good", c));
    system.breaks();
    ALL.forEach(c -> system.does("record", c, BAD));
    system.answersLate();
    long asked = System.nanoTime();
    Said said = system.does("rollback", "--yes", "--json", "full", "--reason", "bench");
    double command = (System.nanoTime() - asked) / 1e9;
    JsonNode report = JsonMapper.shared().readTree(said.out());
    double took = Duration.parse(report.path("ending").path("took").asString()).toMillis() / 1000.0;
    double chain = chain().toMillis() / 1000.0;
    System.out.printf(
        Locale.ROOT,
        "run %.1f s, longest chain %.1f s: %.3f x; command with planning %.1f s%n",
        took,
        chain,
        took / chain,
        command);
    for (JsonNode phase : report.path("phases")) {
      for (JsonNode step : phase.path("steps")) {
        System.out.println(
            "    "
                + step.path("took").asString("").substring(2).toLowerCase(Locale.ROOT)
                + "  "
                + step.path("id").asString());
      }
    }
    system.counts();
    return took / chain;
  }

  /// What the platforms themselves need, one after the other: an act is a look, a request and a
  /// look; besides that their own states, and the time a deployment must last to be believed.
  private static Duration chain() {
    Duration act = ANSWER.multipliedBy(3);
    Duration evidence = ANSWER;
    Duration service = act.plus(act).plus(STATE.multipliedBy(STATES)).plus(SETTLE);
    Duration project = act.plus(ALIASES).plus(ANSWER);
    Duration checks = ANSWER.multipliedBy(PASSES);
    return evidence.plus(service.multipliedBy(2)).plus(project).plus(checks);
  }

  /// The system of the runbook, its platforms played, its checks behind a door of our own.
  private static final class Played implements AutoCloseable {
    private final Path folder;
    private final Quota railway = PlayedRailway.quota(HOBBY);
    private final Quota vercel = PlayedVercel.quota();
    private final PlayedRailway backend = service();
    private final PlayedRailway engine = service();
    private final PlayedVercel dashboard =
        new PlayedVercel(TOKEN, "acme", "dash", List.of("dash.example"), InstantSource.system());
    private final HttpServer door =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);

    Played(Path folder) throws IOException {
      this.folder = folder;
      dashboard.served(GOOD, "c0ffee1");
      dashboard.takes(ALIASES);
      dashboard.limit(vercel);
      // Its runtime log does not end.
      dashboard.talks(Duration.ofMinutes(10));
      door.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      answers("/backend", () -> good(backend));
      answers("/ai-engine", () -> good(engine));
      answers("/admin-dashboard", () -> dashboard.production().equals(Optional.of(GOOD)));
      door.start();
      Files.writeString(folder.resolve("lastgood.yaml"), yaml());
    }

    private PlayedRailway service() throws IOException {
      var played = new PlayedRailway(TOKEN, true, InstantSource.system());
      played.deployed(GOOD, "c0ffee1");
      played.takes(STATE);
      played.limit(railway);
      return played;
    }

    /// A rollback gives what is live a new name.
    private static boolean good(PlayedRailway service) {
      return service.active().filter(id -> !id.equals(BAD)).isPresent();
    }

    private void answers(String path, BooleanSupplier healthy) {
      door.createContext(
          path,
          exchange -> {
            try (exchange) {
              Thread.sleep(ANSWER);
              exchange.sendResponseHeaders(healthy.getAsBoolean() ? 200 : 503, -1);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }

    private String yaml() {
      var yaml = new StringBuilder("system: backend-ai-engine\nsoak: 10m\ncomponents:\n");
      yaml.append(service("backend", backend, ""));
      yaml.append(service("ai-engine", engine, ", needs: [backend]"));
      yaml.append(
          "  admin-dashboard: { platform: vercel, project: dash, team: acme, token: \"${env:TOKEN}\","
              + " base-url: \""
              + dashboard.url()
              + "\", needs: [ai-engine] }\nchecks:\n");
      ALL.forEach(c ->
          yaml.append(
              "  "
                  + c
                  + ": { component: "
                  + c
                  + ", get: \"http://127.0.0.1:"
                  + door.getAddress().getPort()
                  + "/"
                  + c
                  + "\", status: [200], timeout: 5s }\n"));
      return yaml
          + "approvals: { self: allowed }\nafter: { hold: 24h, passes: "
          + PASSES
          + ", patience: 60s }\n";
    }

    private static String service(String name, PlayedRailway played, String needs) {
      return "  "
          + name
          + ": { platform: railway, project: p, environment: e, service: s, token: \"${env:TOKEN}\","
          + " token-kind: project, settle: 10s, requests-per-hour: "
          + HOBBY
          + ", base-url: \""
          + played.url()
          + "/graphql/v2\""
          + needs
          + " }\n";
    }

    void breaks() {
      backend.deployed(BAD, "badc0de");
      engine.deployed(BAD, "badc0de");
      dashboard.served(BAD, "badc0de");
    }

    void answersLate() {
      List.of(backend, engine, dashboard)
          .forEach(p -> p.trap(ALWAYS, _ -> true, new Trap.Slow(ANSWER)));
    }

    Said does(String... words) {
      List<String> all = new ArrayList<>(List.of(words));
      all.addAll(List.of("-c", folder.resolve("lastgood.yaml").toString()));
      Said said =
          InProcess.lastgood(
              Map.of(
                  "HOME", folder.toString(),
                  "LASTGOOD_STATE", folder.resolve("state").toString(),
                  "TOKEN", TOKEN),
              InstantSource.system(),
              all.toArray(String[]::new));
      if (said.exit() != 0) {
        throw new IllegalStateException(String.join(" ", words) + ": " + said);
      }
      return said;
    }

    void counts() {
      System.out.printf(
          "  Railway: %d requests in all; busiest second %d (allowed 10), busiest hour %d (allowed %d);"
              + " refused %d%n",
          asked(backend) + asked(engine),
          railway.busiest(Duration.ofSeconds(1)),
          railway.busiest(Duration.ofHours(1)),
          HOBBY,
          backend.limited() + engine.limited());
      System.out.printf(
          "  Vercel: %d requests in all; busiest minute %d (its own tool: 240); refused %d%n",
          asked(dashboard), vercel.busiest(Duration.ofMinutes(1)), dashboard.limited());
    }

    private static int asked(PlayedApi api) {
      return api.asked().size();
    }

    @Override
    public void close() {
      backend.close();
      engine.close();
      dashboard.close();
      door.stop(0);
    }
  }
}
