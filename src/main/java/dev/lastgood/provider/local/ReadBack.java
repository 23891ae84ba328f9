package dev.lastgood.provider.local;

import dev.lastgood.provider.BadSettings;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/// Asks a running proxy which address it uses: a URL that answers with `host:port` as text.
final class ReadBack {
  private static final int TIMEOUT_MILLIS = 2000;
  private static final int MAX_BYTES = 4096;
  private static final Duration POLL = Duration.ofMillis(10);

  private final URI url;

  private ReadBack(URI url) {
    this.url = url;
  }

  /// @throws BadSettings if it is no URL that can be asked; `read-back` is the key
  static ReadBack of(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw new BadSettings(
          "read-back", "`" + Why.plain(url, 200) + "` is no URL: " + e.getReason());
    }
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null) {
      throw new BadSettings("read-back", "`" + url + "` is no http:// or https:// URL with a host");
    }
    return new ReadBack(uri);
  }

  /// The answer.
  sealed interface Answer {
    record Said(Optional<Address> address) implements Answer {}

    record Silent(String why) implements Answer {}
  }

  /// Each question is a connection of its own: a kept one may end at a worker of yesterday.
  Answer ask() {
    try {
      var connection = (HttpURLConnection) url.toURL().openConnection(java.net.Proxy.NO_PROXY);
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestProperty("Connection", "close");
      try {
        return answer(connection);
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      return new Answer.Silent(url + " gives no answer: " + Why.plain(Why.of(e), 200));
    }
  }

  private Answer answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      return new Answer.Silent(url + " answers " + status + " instead of the address in use");
    }
    String text;
    try (InputStream body = connection.getInputStream()) {
      text = new String(body.readNBytes(MAX_BYTES), StandardCharsets.UTF_8).strip();
    }
    Optional<Address> address = Address.parse(text);
    return text.isEmpty() || address.isPresent()
        ? new Answer.Said(address)
        : new Answer.Silent(url + " answers something that is no host:port");
  }

  /// Asks until it says this address.
  LiveFile.Loading await(Address wanted, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Answer answer = ask();
      if (answer.equals(new Answer.Said(Optional.of(wanted)))) {
        return new LiveFile.Loading.Used(url + " says " + wanted);
      }
      if (System.nanoTime() > deadline || !slept()) {
        return new LiveFile.Loading.Unsure(
            switch (answer) {
              case Answer.Said said ->
                  url
                      + " still says "
                      + said.address().map(Address::toString).orElse("no address")
                      + " instead of "
                      + wanted
                      + " after "
                      + patience.toMillis()
                      + " ms";
              case Answer.Silent silent -> silent.why();
            });
      }
    }
  }

  private static boolean slept() {
    try {
      Thread.sleep(POLL);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
