package dev.lastgood.provider.postgres;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Address;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Lines of `[databases]` in a file of PgBouncer (https://www.pgbouncer.org/config.html). Its
/// console has no command that changes the server of a database, so the file is changed, and
/// PgBouncer reads it again (RELOAD). Its clients stay connected.
///
/// @param url of the database, for its name on the server
record PoolerPost(Path file, Secret url, Bouncer bouncer) implements Signpost {
  private static final int USUAL_PORT = 5432;
  private static final Pattern WORD =
      Pattern.compile("([A-Za-z_]+)(\\s*=\\s*)('(?:[^']|'')*'|[^\\s']\\S*)");

  /// @param name of the pool
  /// @param words what stands behind the first `=`
  private record Line(String name, int begins, String words) {
    private Optional<String> value(String key) {
      Matcher word = WORD.matcher(words);
      Optional<String> found = Optional.empty();
      while (word.find()) {
        if (word.group(1).equals(key)) {
          found = Optional.of(bare(word.group(3)));
        }
      }
      return found;
    }

    private static String bare(String value) {
      return value.startsWith("'")
          ? value.substring(1, value.length() - 1).replace("''", "'")
          : value;
    }

    private boolean of(String database) {
      return value("dbname").orElse(name).equals(database);
    }

    /// @return empty for a socket of this machine, or something that is no place
    private Optional<Address> leads() {
      String port = value("port").orElse(Integer.toString(USUAL_PORT));
      return value("host").flatMap(h -> place(h, port));
    }

    private String leadingTo(Address to) {
      String host = to.host();
      String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      String changed = with(words, "host", bare);
      return with(changed, "port", Integer.toString(to.port()));
    }

    private static String with(String words, String key, String value) {
      Matcher word = WORD.matcher(words);
      var changed = new StringBuilder();
      boolean found = false;
      while (word.find()) {
        boolean here = word.group(1).equals(key);
        found |= here;
        word.appendReplacement(
            changed,
            Matcher.quoteReplacement(here ? word.group(1) + word.group(2) + value : word.group()));
      }
      word.appendTail(changed);
      return found ? changed.toString() : key + "=" + value + " " + changed;
    }
  }

  /// PgBouncer writes an IPv6 address without brackets.
  private static Optional<Address> place(String host, String port) {
    boolean bare = host.contains(":") && !host.startsWith("[");
    return Address.parse((bare ? "[" + host + "]" : host) + ":" + port);
  }

  private String database() throws PlatformUnreachable {
    return PostgresUrl.parse(url.reveal(), url.reference()).database();
  }

  private String named() throws IOException {
    try {
      return database();
    } catch (PlatformUnreachable e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private String text() throws IOException {
    return Signpost.read(file);
  }

  /// Lines of the database; what stands before any section belongs to that of the file that
  /// includes this one.
  private List<Line> lines(String text) throws IOException {
    String database = Signpost.spelled(named());
    List<Line> found = new ArrayList<>();
    boolean within = true;
    int begins = 0;
    for (String line : text.split("\n", -1)) {
      String bare = line.strip();
      int equals = line.indexOf('=');
      if (bare.startsWith("[")) {
        within = bare.toLowerCase(Locale.ROOT).startsWith("[databases]");
      } else if (within && equals > 0 && !bare.startsWith(";") && !bare.startsWith("#")) {
        var one =
            new Line(
                unquoted(line.substring(0, equals).strip()),
                begins + equals + 1,
                line.substring(equals + 1));
        if (one.of(database)) {
          found.add(one);
        }
      }
      begins += line.length() + 1;
    }
    return found;
  }

  private static String unquoted(String name) {
    return name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")
        ? name.substring(1, name.length() - 1).replace("\"\"", "\"")
        : name;
  }

  @Override
  public Address leads() throws IOException {
    Optional<Address> one = Optional.empty();
    String database = named();
    List<Line> lines = lines(text());
    if (lines.isEmpty()) {
      throw new IOException(file + " has no line of " + database + " in [databases]");
    }
    for (Line line : lines) {
      Optional<Address> here = line.leads();
      if (here.isEmpty()) {
        throw new IOException(
            file + ": the line of " + Signpost.shown(line.name()) + " names no one host");
      }
      if (one.isPresent() && !one.get().leadsTo(here.get())) {
        throw new IOException(
            file
                + " leads to "
                + database
                + " on several servers: "
                + one.get()
                + ", "
                + here.get());
      }
      one = here;
    }
    return one.orElseThrow();
  }

  @Override
  public void point(Address to) throws IOException {
    String text = text();
    var changed = new StringBuilder(text);
    for (Line line : lines(text).reversed()) {
      changed.replace(line.begins(), line.begins() + line.words().length(), line.leadingTo(to));
    }
    Signpost.write(file, changed.toString());
    if (!leads().leadsTo(to)) {
      Signpost.write(file, text);
      throw new IOException(file + " cannot be changed surely, so it was not");
    }
  }

  @Override
  public void tell() throws PlatformUnreachable {
    bouncer.reload();
  }

  @Override
  public Optional<String> behind(Address to) throws PlatformUnreachable {
    for (Bouncer.Led pool : bouncer.led(database())) {
      Optional<Address> leads = place(pool.host(), pool.port());
      if (leads.filter(to::leadsTo).isEmpty()) {
        return Optional.of(
            "pool "
                + pool.name()
                + " of PgBouncer leads to "
                + pool.host()
                + ":"
                + pool.port()
                + " (does it read "
                + file
                + "?)");
      }
    }
    return Optional.empty();
  }

  @Override
  public String inWords() {
    return "PgBouncer, by " + file + " and RELOAD; clients behind it stay connected";
  }
}
