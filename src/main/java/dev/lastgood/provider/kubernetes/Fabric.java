package dev.lastgood.provider.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The one class that knows the client library: it reads kubeconfigs, gets tokens, speaks TLS. Only
/// loaded when a cluster is asked for the first time.
///
/// The library's own repetitions are off: it would send a change again that may have landed.
final class Fabric {
  /// A list of pods of a large workload; more than that is no answer we could use.
  private static final int LARGEST = 16 << 20;

  private final HttpClient http;
  private final String base;

  private Fabric(Config config, Duration patience) {
    config.setRequestRetryBackoffLimit(0);
    config.setConnectionTimeout((int) patience.toMillis());
    config.setRequestTimeout((int) patience.toMillis());
    config.setUserAgent("lastgood");
    // A few short questions: nothing to gain, and no upgrade to be misunderstood by a proxy.
    config.setHttp2Disable(true);
    this.http = HttpClientUtils.getHttpClientFactory().newBuilder(config).build();
    this.base = config.getMasterUrl().replaceFirst("/+$", "");
  }

  /// @throws IOException if the access names no usable cluster; in words
  static Fabric open(Access access, Duration patience) throws IOException {
    try {
      return new Fabric(config(access), patience);
    } catch (RuntimeException e) {
      // The library reports files and certificates it cannot use by exceptions of many kinds.
      throw new IOException(access.words() + " cannot be used: " + Cluster.why(e), e);
    }
  }

  private static Config config(Access access) throws IOException {
    return switch (access) {
      case Access.Direct direct -> {
        var config =
            new ConfigBuilder(Config.empty())
                .withMasterUrl(direct.server())
                .withOauthToken(direct.token().reveal())
                .build();
        direct.ca().ifPresent(ca -> config.setCaCertFile(ca.toString()));
        yield config;
      }
      case Access.File file -> {
        Config config = Config.fromKubeconfig(file.context().orElse(null), file.path().toFile());
        String got =
            Optional.ofNullable(config.getCurrentContext()).map(c -> c.getName()).orElse("");
        if (got.isEmpty()) {
          throw new IOException(file.words() + " chooses no context; name one under `context`");
        }
        if (file.context().filter(c -> !c.equals(got)).isPresent()) {
          // The library would go on with the file's current one: another cluster.
          throw new IOException(
              file.path()
                  + " has no context "
                  + file.context().get()
                  + "; known are "
                  + config.getContexts().stream().map(c -> c.getName()).sorted().toList());
        }
        yield config;
      }
    };
  }

  /// @param status as HTTP says it
  record Reply(int status, String body) {}

  /// Sends it once.
  ///
  /// @throws IOException if there was no whole answer; what was sent may have been done
  Reply send(
      String method, String path, Optional<Cluster.Body> body, String accept, Duration patience)
      throws IOException {
    HttpRequest request =
        http.newHttpRequestBuilder()
            .uri(base + path)
            .header("Accept", accept)
            .method(
                method,
                body.map(Cluster.Body::type).orElse(null),
                body.map(Cluster.Body::text).orElse(null))
            .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
            .build();
    var bytes = new Bounded();
    CompletableFuture<HttpResponse<AsyncBody>> future = http.consumeBytes(request, bytes);
    long end = System.nanoTime() + patience.toNanos();
    try {
      HttpResponse<AsyncBody> response = future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      AsyncBody rest = response.body();
      rest.consume();
      try {
        rest.done().get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } finally {
        rest.cancel();
      }
      return new Reply(response.code(), bytes.text());
    } catch (TimeoutException | ExecutionException e) {
      future.cancel(true);
      throw failed(e, patience);
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /// The cause is kept: it tells whether anything was sent.
  private static IOException failed(Exception e, Duration patience) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof HttpConnectTimeoutException) {
        break;
      }
      if (t instanceof ConnectException) {
        return new IOException("nobody listens there", e);
      }
      if (t instanceof TimeoutException || t instanceof HttpTimeoutException) {
        return new IOException("no answer within " + patience.toMillis() + " ms", e);
      }
    }
    return new IOException(Cluster.why(e), e);
  }

  /// Collects an answer, up to what we take.
  private static final class Bounded implements AsyncBody.Consumer<List<ByteBuffer>> {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized void consume(List<ByteBuffer> parts, AsyncBody body) {
      for (ByteBuffer part : parts) {
        byte[] some = new byte[part.remaining()];
        part.get(some);
        if (bytes.size() + some.length > LARGEST) {
          body.cancel();
          return;
        }
        bytes.writeBytes(some);
      }
      body.consume();
    }

    synchronized String text() {
      return bytes.toString(java.nio.charset.StandardCharsets.UTF_8);
    }
  }
}
