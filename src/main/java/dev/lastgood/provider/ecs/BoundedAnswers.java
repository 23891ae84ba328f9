package dev.lastgood.provider.ecs;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/// The SDK reads whatever comes; an answer without end would fill the memory.
final class BoundedAnswers implements ExecutionInterceptor {
  private static final long LIMIT = 4 << 20;

  @Override
  public Optional<InputStream> modifyHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    return context.responseBody().map(Bounded::new);
  }

  private static final class Bounded extends FilterInputStream {
    private long left = LIMIT;

    Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      count(one < 0 ? 0 : 1);
      return one;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int some = super.read(into, from, length);
      count(Math.max(0, some));
      return some;
    }

    private void count(int read) throws IOException {
      left -= read;
      if (left < 0) {
        throw new IOException("an answer of more than " + LIMIT + " bytes");
      }
    }
  }
}
