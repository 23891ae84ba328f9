package dev.lastgood.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// Processor time of Linux processes, in milliseconds. What lives is told to the nanosecond, what
/// has ended in hundredths of a second, rounded down for each parent.
final class ProcessorTime {
  private static final int TICK = 10;

  private ProcessorTime() {}

  static double ofThisJvm() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e6;
  }

  /// Of these processes and of all that they started.
  static double of(Stream<ProcessHandle> roots) {
    return roots
        .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
        .mapToDouble(ProcessorTime::of)
        .sum();
  }

  private static double of(ProcessHandle process) {
    Path folder = Path.of("/proc/" + process.pid());
    try {
      String own = Files.readString(folder.resolve("schedstat"));
      String stat = Files.readString(folder.resolve("stat"));
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long children = Long.parseLong(words[13]) + Long.parseLong(words[14]);
      return Long.parseLong(own.substring(0, own.indexOf(' '))) / 1e6 + (double) children * TICK;
    } catch (IOException e) {
      // It has just ended: its parent knows.
      return 0;
    }
  }
}
