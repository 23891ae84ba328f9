package dev.lastgood.provider.local;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Moves the traffic of one `upstream` of an nginx: the file with the block is replaced, tested,
/// loaded, and the running nginx shows that it uses it.
final class NginxProxy implements Proxy {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Path file;
  private final NginxSnippet snippet;
  private final Nginx nginx;
  private final LiveFile live;
  private final Optional<ReadBack> readBack;

  NginxProxy(Path file, NginxSnippet snippet, Nginx nginx, Optional<ReadBack> readBack) {
    this.file = file;
    this.snippet = snippet;
    this.nginx = nginx;
    this.live = new LiveFile(file, nginx::lock);
    this.readBack = readBack;
  }

  /// Without a read-back URL: what the file says, if the workers have read it as it stands.
  @Override
  public Optional<String> target() throws PlatformUnreachable {
    if (readBack.isPresent()) {
      return switch (readBack.get().ask()) {
        case ReadBack.Answer.Said said -> said.address().map(Address::toString);
        case ReadBack.Answer.Silent silent -> throw new PlatformUnreachable(silent.why());
      };
    }
    try {
      Optional<Address> written = snippet.read(AtomicFiles.read(file, LiveFile.MAX_BYTES));
      boolean used =
          switch (nginx.read(file)) {
            case YES -> true;
            case UNSURE -> !live.unproven();
            case NO, NOT_RUNNING -> false;
          };
      return used ? written.map(Address::toString) : Optional.empty();
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
    if (!nginx.running()) {
      return new Outcome.Refused(nginx.absence());
    }
    Optional<String> foreign = foreign();
    if (foreign.isPresent()) {
      return new Outcome.Refused(foreign.get());
    }
    if (routed(address.get())) {
      live.settled();
      return new Outcome.Done("nginx routes to " + hostPort + " already");
    }
    return live.replace(
        snippet.with(address.get()).getBytes(StandardCharsets.UTF_8), reader(address.get()));
  }

  /// The file stands as it would be written, and is in use.
  private boolean routed(Address address) {
    try {
      return target().equals(Optional.of(address.toString()))
          && snippet.read(AtomicFiles.read(file, LiveFile.MAX_BYTES)).equals(Optional.of(address));
    } catch (PlatformUnreachable | IOException e) {
      return false;
    }
  }

  private Optional<String> foreign() {
    try {
      return !Files.exists(file)
              || snippet.read(AtomicFiles.read(file, LiveFile.MAX_BYTES)).isPresent()
          ? Optional.empty()
          : Optional.of(
              file
                  + " holds more than `upstream "
                  + snippet.upstream()
                  + " { server HOST:PORT; }`, and Lastgood replaces the whole file: move the rest"
                  + " elsewhere, directives of the block itself into `options`");
    } catch (IOException e) {
      return Optional.of("the upstream file cannot be read: " + Why.of(e));
    }
  }

  private LiveFile.Reader reader(Address address) {
    LiveFile.Reader workers = nginx.of(file);
    return new LiveFile.Reader() {
      @Override
      public Optional<String> complaint() {
        return workers.complaint();
      }

      @Override
      public boolean uses() {
        return workers.uses();
      }

      @Override
      public LiveFile.Loading load() {
        LiveFile.Loading loaded = workers.load();
        return loaded instanceof LiveFile.Loading.Used && readBack.isPresent()
            ? readBack.get().await(address, PATIENCE)
            : loaded;
      }
    };
  }

  @Override
  public String byHand(String hostPort) {
    return Address.parse(hostPort)
        .map(a ->
            new Argv(List.of("echo", snippet.inOneLine(a)), Optional.empty(), Map.of(), PATIENCE)
                    .shown()
                + " > "
                + Argv.quoted(file.toString())
                + " && "
                + nginx.testAndReloadByHand())
        .orElse("");
  }
}
