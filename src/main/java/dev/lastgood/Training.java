package dev.lastgood;

import dev.lastgood.demo.PracticeShop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/// Makes the JVM see what Lastgood usually does, so that the AOT cache written at its exit holds
/// it: a night at the demo's shop. Run by `bin/build` with `-XX:AOTCacheOutput`; the commands are
/// data, in `bin/training-commands`.
public final class Training {
  private Training() {}

  /// @param args the file of commands, one per line; and an empty folder for the shop
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[1]);
    try (PracticeShop shop = PracticeShop.open(folder, InstantSource.system())) {
      // also when the build is interrupted: nothing of the shop may stay behind
      Runtime.getRuntime().addShutdownHook(new Thread(shop::close));
      for (String line : Files.readAllLines(Path.of(args[0]))) {
        if (!line.isBlank() && !line.startsWith("#")) {
          System.out.println("== " + line);
          System.out.println("== exit " + run(shop, folder, line.strip().split(" +")));
        }
      }
    }
    System.exit(0);
  }

  private static int run(PracticeShop shop, Path folder, String[] words) throws IOException {
    if (words[0].equals("deploy")) {
      shop.deploy(words[1], words[2]);
      return 0;
    }
    String[] full =
        List.of(words).stream().map(w -> w.replace("{folder}", "" + folder)).toArray(String[]::new);
    return Main.run(full);
  }
}
