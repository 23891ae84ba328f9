package dev.lastgood.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;

/// Traffic as a program, for measuring: `TrafficMain ADDRESS OUT-FILE [CUSTOMERS PER-SECOND]`. Goes
/// on until its standard input ends or it gets SIGTERM; the tally is in the file, whole, at every
/// moment.
public final class TrafficMain {
  private TrafficMain() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path out = Path.of(args[1]);
    Traffic.Pace pace =
        args.length > 3
            ? new Traffic.Pace(Integer.parseInt(args[2]), Integer.parseInt(args[3]))
            : Traffic.Pace.DEMO;
    Traffic traffic = Traffic.start(args[0], pace, InstantSource.system());
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              traffic.close();
              write(traffic.tally(), out);
            }));
    Thread.ofVirtual().start(TrafficMain::waitForEndOfInput);
    while (true) {
      write(traffic.tally(), out);
      Thread.sleep(250);
    }
  }

  private static void waitForEndOfInput() {
    try {
      System.in.transferTo(java.io.OutputStream.nullOutputStream());
    } catch (IOException e) {
      // as good as its end
    }
    System.exit(0);
  }

  private static void write(Tally tally, Path out) {
    try {
      Path next = out.resolveSibling(out.getFileName() + ".next");
      Files.writeString(next, tally.json());
      Files.move(next, out, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      System.err.println("the tally cannot be written to " + out + ": " + e.getMessage());
    }
  }
}
