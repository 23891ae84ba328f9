package dev.lastgood;

import dev.lastgood.demo.PracticeShop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Makes the JVM see what Lastgood usually does, so that the AOT cache written at its exit holds
/// it: a night at the demo's shop. Run by `bin/build` with `-XX:AOTCacheOutput`; the commands are
/// data, in `bin/training-commands`.
public final class Training {
  private Training() {}

  /// @param args the file of commands, one per line; an empty folder for the shop; and the words
  ///   that start a Lastgood which does one command alone
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[1]);
    try (PracticeShop shop = PracticeShop.open(folder, InstantSource.system())) {
      // also when the build is interrupted: nothing of the shop may stay behind
      Runtime.getRuntime().addShutdownHook(new Thread(shop::close));
      for (String line : Files.readAllLines(Path.of(args[0]))) {
        if (!line.isBlank() && !line.startsWith("#")) {
          System.out.println("== " + line);
          List<String> words =
              Stream.of(line.strip().split(" +"))
                  .map(w -> w.replace("{folder}", folder.toString()))
                  .toList();
          System.out.println("== exit " + run(shop, words, List.of(args).subList(2, args.length)));
        }
      }
    }
    System.exit(0);
  }

  private static int run(PracticeShop shop, List<String> words, List<String> lastgood)
      throws IOException, InterruptedException {
    return switch (words.getFirst()) {
      case "deploy" -> {
        shop.deploy(words.get(1), words.get(2));
        yield 0;
      }
      case "alone" -> {
        List<String> argv = new ArrayList<>(lastgood);
        argv.addAll(words.subList(1, words.size()));
        yield new ProcessBuilder(argv).inheritIO().start().waitFor();
      }
      default -> Main.run(words.toArray(String[]::new));
    };
  }
}
