package dev.lastgood.provider.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The admin console of a PgBouncer, talked to by psql: it refuses the settings with which the
/// driver begins each connection.
///
/// psql reads commands from this process. When this process dies, however it does, its input ends,
/// and psql gives the commands for the end.
final class Console implements AutoCloseable {
  private static final String DONE = "lastgood-answered";
  private static final int LONGEST = 400;

  private final Process psql;
  private final OutputStream commands;
  private final LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>(10_000);

  /// @param environment where the console is and who we are; never shown
  /// @param atTheEnd commands for when nobody is there any more
  Console(Programs programs, Map<String, String> environment, List<String> atTheEnd)
      throws IOException {
    var words =
        new ArrayList<>(
            List.of(
                programs.path("psql"),
                "--no-psqlrc",
                "--no-password",
                "--quiet",
                "--csv",
                "--file=-"));
    atTheEnd.forEach(c -> words.add("--command=" + c));
    var builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().putAll(environment);
    psql = builder.start();
    commands = psql.getOutputStream();
    Thread.startVirtualThread(this::listen);
  }

  private void listen() {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(psql.getInputStream(), StandardCharsets.UTF_8), 8192)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!said.offer(line.length() > LONGEST ? line.substring(0, LONGEST) : line)) {
          break;
        }
      }
    } catch (IOException e) {
      said.offer("ERROR: " + e.getMessage());
    }
    said.offer("ERROR: the console is gone");
  }

  /// Rows of the answer, each as its fields; the first row is the names of the columns.
  ///
  /// @throws IOException with what it said, when it refused or did not answer in time
  List<List<String>> ask(String command, Duration longest)
      throws IOException, InterruptedException {
    String lines = String.join("\n", command + ";", "\\warn " + DONE, "");
    commands.write(lines.getBytes(StandardCharsets.UTF_8));
    commands.flush();
    long deadline = System.nanoTime() + longest.toNanos();
    var rows = new ArrayList<List<String>>();
    String refused = "";
    while (true) {
      String line = said.poll(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new IOException("no answer to " + command + " within " + longest.toMillis() + " ms");
      }
      int error = line.indexOf("ERROR:");
      if (line.equals(DONE)) {
        if (!refused.isEmpty()) {
          throw new IOException(refused);
        }
        return rows;
      } else if (error >= 0 || line.startsWith("psql: error:")) {
        refused = refused.isEmpty() ? line.substring(Math.max(0, error)) : refused;
        if (!psql.isAlive() || line.endsWith("the console is gone")) {
          throw new IOException(refused);
        }
      } else {
        rows.add(fields(line));
      }
    }
  }

  /// Names of pools have neither commas nor quotes in all but the strangest configurations; those
  /// are read, too.
  private static List<String> fields(String line) {
    var fields = new ArrayList<String>();
    var field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        field.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }

  /// As when this process dies: the commands for the end are given.
  void abandon() {
    try {
      commands.close();
    } catch (IOException e) {
      psql.destroy();
    }
  }

  /// The commands for the end are not given.
  @Override
  public void close() {
    psql.destroyForcibly();
  }
}
