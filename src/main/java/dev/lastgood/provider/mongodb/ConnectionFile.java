package dev.lastgood.provider.mongodb;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.EnvFile;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The line of an env file in which applications find their database. The rest of the file stays as
/// it is, byte for byte.
record ConnectionFile(Path file, String variable) {
  private static final int MOST = 1 << 20;

  MongoUrl url() throws PlatformUnreachable {
    try {
      String value = EnvFile.read(file).get(variable);
      if (value == null) {
        throw new PlatformUnreachable(file + " has no " + variable);
      }
      return MongoUrl.of(value, variable + " in " + file);
    } catch (IOException e) {
      throw new PlatformUnreachable(Why.of(e), e);
    }
  }

  /// @throws IOException also when no shell could read the line
  void write(MongoUrl url) throws IOException {
    if (url.whole().indexOf('\'') >= 0) {
      throw new IOException(
          "the connection string holds an apostrophe, which cannot stand in an env file; write it"
              + " as %27 in "
              + file);
    }
    List<String> lines = new ArrayList<>();
    String text = AtomicFiles.read(file, MOST);
    for (String line : text.split("\n", -1)) {
      lines.add(assigns(line) ? begins(line) + "'" + url.whole() + "'" : line);
    }
    AtomicFiles.write(file, String.join("\n", lines));
  }

  private boolean assigns(String line) {
    String plain = line.strip();
    String rest = plain.startsWith("export ") ? plain.substring(7).strip() : plain;
    return rest.startsWith(variable) && rest.substring(variable.length()).strip().startsWith("=");
  }

  private String begins(String line) {
    return line.substring(0, line.indexOf('=') + 1);
  }

  @Override
  public String toString() {
    return variable + " in " + file;
  }
}
