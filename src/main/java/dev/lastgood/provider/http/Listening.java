package dev.lastgood.provider.http;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/// Keeps what an answer has said so far, for answers that never end.
final class Listening implements BodySubscriber<String> {
  private final int limit;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
  private final CompletableFuture<String> body = new CompletableFuture<>();

  /// @param limit bytes after which it listens no more
  Listening(int limit) {
    this.limit = limit;
  }

  /// What came until now, whole lines and perhaps the beginning of one.
  synchronized String soFar() {
    return heard.toString(StandardCharsets.UTF_8);
  }

  @Override
  public CompletionStage<String> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      keep(bytes);
    }
  }

  private synchronized void keep(byte[] bytes) {
    heard.write(bytes, 0, Math.min(bytes.length, Math.max(0, limit - heard.size())));
  }

  @Override
  public void onError(Throwable trouble) {
    body.completeExceptionally(trouble);
  }

  @Override
  public void onComplete() {
    body.complete(soFar());
  }
}
