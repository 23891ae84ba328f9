package dev.lastgood;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes the JVM see what Lastgood usually does, so that the AOT cache written at its exit holds
/// it. Run by `bin/build` with `-XX:AOTCacheOutput`; the commands are data, in
/// `bin/training-commands`.
public final class Training {
  private Training() {}

  /// @param args the file of commands, one per line; and the scratch folder they may use, which
  ///   replaces `{scratch}` in them
  public static void main(String[] args) throws IOException {
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      if (!line.isBlank() && !line.startsWith("#")) {
        List<String> words = List.of(line.replace("{scratch}", args[1]).strip().split(" +"));
        int exit = Main.run(words.toArray(String[]::new));
        System.out.println("training: exit " + exit + " from " + line);
      }
    }
    System.exit(0);
  }
}
