package dev.lastgood.provider.postgres;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Address;
import dev.lastgood.provider.local.Argv;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A variable with the URL of the database in an env file, and a command that makes its readers
/// read it. Only host and port change; who logs in and how stays as it is.
///
/// @param reload words of the command
record EnvPost(Path file, String variable, List<String> reload) implements Signpost {
  private static final int USUAL_PORT = 5432;
  private static final Duration LONGEST = Duration.ofMinutes(1);

  /// Everything of a URL before its path, the user in front of the last `@`.
  private static final String URL =
      "=\\s*[\"'`]?(?:jdbc:)?postgres(?:ql)?://(?:[^\\s\"'`/]*@)?([^\\s\"'`/@]+)/";

  private Matcher found(String text) throws IOException {
    Matcher url =
        Pattern.compile(
                "(?m)^[ \\t]*(?:export[ \\t]+)?"
                    + Pattern.quote(Signpost.spelled(variable))
                    + "[ \\t]*"
                    + URL)
            .matcher(text);
    if (!url.find()) {
      throw new IOException(
          file + " has no line " + variable + "= with the URL of a PostgreSQL database");
    }
    int begins = url.start();
    if (url.find()) {
      throw new IOException(file + " has " + variable + " twice");
    }
    url.find(begins);
    return url;
  }

  private Address address(String text) throws IOException {
    String place = found(text).group(1);
    boolean port = place.lastIndexOf(':') > place.lastIndexOf(']');
    return Address.parse(port ? place : place + ":" + USUAL_PORT)
        .orElseThrow(
            () -> new IOException(file + ": " + variable + " does not name one host and port"));
  }

  @Override
  public Address leads() throws IOException {
    return address(Signpost.read(file));
  }

  @Override
  public void point(Address to) throws IOException {
    String text = Signpost.read(file);
    Matcher url = found(text);
    String changed = text.substring(0, url.start(1)) + to + text.substring(url.end(1));
    if (!address(changed).leadsTo(to)) {
      throw new IOException(file + " cannot be changed surely, so it was not");
    }
    Signpost.write(file, changed);
  }

  @Override
  public void tell() throws PlatformUnreachable {
    Argv.End end = new Argv(reload, Optional.empty(), Map.of(), LONGEST).run();
    if (!(end instanceof Argv.End.Exited(int code, _)) || code != 0) {
      throw new PlatformUnreachable(
          "the applications may not have read " + file + ": " + Taking.words(end));
    }
  }

  /// Applications cannot be asked: those that did not look find no database where they knock.
  @Override
  public Optional<String> behind(Address to) {
    return Optional.empty();
  }

  @Override
  public String inWords() {
    return "the applications, by "
        + variable
        + " in "
        + file
        + " and "
        + new Argv(reload, Optional.empty(), Map.of(), LONGEST).shown();
  }
}
