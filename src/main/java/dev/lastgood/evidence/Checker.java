package dev.lastgood.evidence;

import dev.lastgood.condition.Durations;
import dev.lastgood.model.Measurement;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/// Measures one check, once. Whatever the other side does, the answer is a [Measurement] and comes
/// within the check's time.
public final class Checker {
  private final Path folder;
  private final HttpProbe http;

  /// @param version of Lastgood, for the `User-Agent`
  /// @param folder of the configuration; commands run there
  public Checker(String version, Path folder) {
    this(version, folder, () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  Checker(String version, Path folder, Supplier<SSLSocketFactory> tls) {
    this.folder = folder;
    this.http = new HttpProbe("lastgood/" + version, tls);
  }

  /// @param address base URL that replaces scheme, host and port of an HTTP or TCP check; a command
  ///   gets it as `LASTGOOD_ADDRESS`
  /// @param expectedVersion what a check that reads a version must find; empty: any
  public Measurement measure(
      Check check, Optional<String> address, Optional<String> expectedVersion) {
    try {
      return switch (check.probe()) {
        case Check.Http probe -> http(probe, check.timeout(), address, expectedVersion);
        case Check.Tcp probe -> tcp(probe, check.timeout(), address);
        case Check.Command probe ->
            new CommandProbe(probe, check.name(), check.timeout(), folder)
                .measure(address, expectedVersion);
      };
    } catch (IllegalArgumentException e) {
      return new Measurement.Error("cannot be asked: " + e.getMessage());
    } catch (RuntimeException e) {
      // What survives a defect here: the run that asked. No measurement is never healthy.
      return new Measurement.Error(
          "could not be measured, which is a defect of Lastgood: " + e.getClass().getSimpleName());
    }
  }

  private Measurement http(
      Check.Http probe, Duration timeout, Optional<String> address, Optional<String> version) {
    var headers = new TreeMap<String, String>();
    for (Map.Entry<String, Secret> header : probe.headers().entrySet()) {
      headers.put(header.getKey(), reveal(header.getKey(), header.getValue()));
    }
    Optional<Place> moved =
        address.isPresent() ? Optional.of(Place.base(address.get())) : Optional.empty();
    var ask = HttpAsk.of(Place.of(probe.url()), moved, probe.method(), headers);
    var judge = new HttpJudge(probe, version, Masks.ofValues(headers.values()));
    return probe.latency().isPresent()
        ? http.often(ask, judge, timeout, probe.latency().get())
        : http.once(ask, judge, timeout);
  }

  private static String reveal(String header, Secret secret) {
    try {
      return secret.reveal();
    } catch (RuntimeException e) {
      // Its message is not passed on: whoever resolves secrets may quote what it read.
      throw new IllegalArgumentException(
          "the value of header " + header + " (" + secret.reference() + ") cannot be read");
    }
  }

  private static Measurement tcp(Check.Tcp tcp, Duration timeout, Optional<String> address) {
    Place place = address.map(Place::base).orElseGet(() -> Place.of(tcp.host(), tcp.port()));
    var dial = new Dial(timeout);
    return new Attempt<Measurement>(
            () -> accepted(dial, place),
            failure -> new Measurement.Error(PlainWords.of(failure, place)),
            _ -> silent(dial, place, timeout))
        .within(timeout);
  }

  private static Measurement accepted(Dial dial, Place place) throws Exception {
    try (dial) {
      var _ = dial.connect(dial.lookUp(place), place.port());
      return new Measurement.Healthy(place.hostAndPort() + " accepts connections");
    }
  }

  private static Measurement silent(Dial dial, Place place, Duration timeout) {
    dial.close();
    return new Measurement.Error(
        place.hostAndPort() + " accepts no connection within " + Durations.shown(timeout));
  }
}
