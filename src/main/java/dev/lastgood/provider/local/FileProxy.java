package dev.lastgood.provider.local;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A front door that reads its upstream from a file, e.g. HAProxy, Caddy, or one of the user's own.
final class FileProxy implements Proxy {
  static final String PLACE = "{address}";
  private static final Duration COMMAND = Duration.ofSeconds(30);

  /// A door that watches its file may look at it every few seconds only.
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Path file;
  private final String template;
  private final Optional<Argv> test;
  private final Optional<Argv> reload;
  private final Optional<ReadBack> readBack;
  private final Duration patience;
  private final LiveFile live;

  /// What `reload` prints, and what it leaves running.
  private final LogFile log;

  FileProxy(
      Path base,
      Path file,
      String template,
      List<String> test,
      List<String> reload,
      Optional<ReadBack> readBack,
      Duration patience,
      Path state) {
    this.file = file;
    this.template = template;
    this.test = argv(base, test);
    this.reload = argv(base, reload);
    this.readBack = readBack;
    this.patience = patience;
    String name = "proxy-" + ContentId.of(file.toString().getBytes(StandardCharsets.UTF_8));
    this.log = new LogFile(state.resolve(name + ".log"));
    this.live = new LiveFile(file, () -> state.resolve(name + ".lock"));
  }

  private static Optional<Argv> argv(Path base, List<String> words) {
    return words.isEmpty()
        ? Optional.empty()
        : Optional.of(new Argv(words, Optional.of(base), Map.of(), COMMAND));
  }

  @Override
  public Optional<String> target() throws PlatformUnreachable {
    if (readBack.isPresent()) {
      return switch (readBack.get().ask()) {
        case ReadBack.Answer.Said said -> said.address().map(Address::toString);
        case ReadBack.Answer.Silent silent -> throw new PlatformUnreachable(silent.why());
      };
    }
    try {
      return live.unproven() ? Optional.empty() : written().map(Address::toString);
    } catch (IOException e) {
      throw new PlatformUnreachable("the upstream file cannot be read: " + Why.of(e), e);
    }
  }

  @Override
  public Outcome route(String hostPort) {
    Optional<Address> address = Address.parse(hostPort);
    if (address.isEmpty()) {
      return new Outcome.Refused("`" + Why.plain(hostPort, 80) + "` is no host:port");
    }
    if (routed(address.get())) {
      live.settled();
      return new Outcome.Done(file + " routes to " + hostPort + " already");
    }
    return live.replace(
        content(address.get()).getBytes(StandardCharsets.UTF_8), new Door(address.get()));
  }

  private boolean routed(Address address) {
    try {
      return target().equals(Optional.of(address.toString()))
          && written().equals(Optional.of(address));
    } catch (PlatformUnreachable | IOException e) {
      return false;
    }
  }

  private String content(Address address) {
    return template.replace(PLACE, address.toString());
  }

  /// The address in the file; empty when the file does not look like the template.
  private Optional<Address> written() throws IOException {
    String text = AtomicFiles.read(file, LiveFile.MAX_BYTES);
    String head = template.substring(0, template.indexOf(PLACE));
    if (!text.startsWith(head)) {
      return Optional.empty();
    }
    String rest = text.substring(head.length());
    int end = 0;
    while (end < rest.length() && Address.mayHold(rest.charAt(end))) {
      end++;
    }
    // One typed by hand ends in a newline more or less.
    return Address.parse(rest.substring(0, end))
        .filter(a -> content(a).strip().equals(text.strip()));
  }

  @Override
  public String byHand(String hostPort) {
    return Address.parse(hostPort)
        .map(a ->
            "printf %s "
                + Argv.quoted(content(a))
                + " > "
                + Argv.quoted(file.toString())
                + test.map(t -> " && " + t.shown()).orElse("")
                + reload.map(r -> " && " + r.shown()).orElse(""))
        .orElse("");
  }

  /// The program behind the file, on its way to one address.
  private final class Door implements LiveFile.Reader {
    private final Address address;

    Door(Address address) {
      this.address = address;
    }

    @Override
    public Optional<String> complaint() {
      return test.flatMap(t ->
          switch (t.run()) {
            case Argv.End.Exited(int code, String _) when code == 0 -> Optional.empty();
            case Argv.End.Exited exited -> Optional.of(t.shown() + " refuses it: " + words(exited));
            case Argv.End.CutOff cut -> Optional.of("the test gave no verdict: " + cut.reason());
            case Argv.End.NotStarted not ->
                Optional.of("the test gave no verdict: " + not.reason());
          });
    }

    @Override
    public boolean uses() {
      try {
        return readBack.isPresent()
            && written()
                .filter(a -> readBack.get().ask().equals(new ReadBack.Answer.Said(Optional.of(a))))
                .isPresent();
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public LiveFile.Loading load() {
      Optional<LiveFile.Loading> trouble = reload.flatMap(r -> trouble(r, r.runInto(log)));
      if (trouble.isPresent()) {
        return trouble.get();
      }
      return readBack
          .map(r -> r.await(address, patience))
          .orElseGet(() -> new LiveFile.Loading.Used(file + " names " + address));
    }

    /// A reload that failed may have got half way; only what the door itself says settles it.
    private Optional<LiveFile.Loading> trouble(Argv command, Argv.End end) {
      String words =
          switch (end) {
            case Argv.End.Exited(int code, String _) when code == 0 -> "";
            case Argv.End.Exited exited -> command.shown() + " failed: " + words(exited);
            case Argv.End.CutOff cut -> cut.reason();
            case Argv.End.NotStarted not -> not.reason();
          };
      if (words.isEmpty()) {
        return Optional.empty();
      }
      boolean nothingHappened = end instanceof Argv.End.NotStarted || elsewhere();
      return Optional.of(
          nothingHappened
              ? new LiveFile.Loading.Rejected(words)
              : new LiveFile.Loading.Unsure(words));
    }

    private boolean elsewhere() {
      return readBack
          .map(ReadBack::ask)
          .filter(a ->
              a instanceof ReadBack.Answer.Said said
                  && !said.address().equals(Optional.of(address)))
          .isPresent();
    }

    private static String words(Argv.End.Exited exited) {
      String last = Why.plain(exited.lastLine(), 300);
      return last.isEmpty() ? "exit " + exited.code() : last;
    }
  }
}
