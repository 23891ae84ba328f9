package dev.lastgood.evidence;

import dev.lastgood.condition.Durations;
import dev.lastgood.model.Measurement;
import dev.lastgood.model.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/// Asks and judges, once or, for a latency check, often.
final class HttpProbe {
  private final String userAgent;
  private final Supplier<SSLSocketFactory> tls;

  HttpProbe(String userAgent, Supplier<SSLSocketFactory> tls) {
    this.userAgent = userAgent;
    this.tls = tls;
  }

  /// @param millis how long the answer took; meaningless when there was none
  private record Timed(Measurement measurement, long millis) {}

  Measurement once(HttpAsk ask, HttpJudge judge, Duration timeout) {
    return request(ask, judge, timeout).measurement();
  }

  private Timed request(HttpAsk ask, HttpJudge judge, Duration timeout) {
    var dial = new Dial(timeout);
    return new Attempt<>(
            () -> answer(dial, ask, judge),
            failure -> error(PlainWords.of(failure, ask.place())),
            gaveUp -> gaveUp(dial, ask, timeout, gaveUp))
        .within(timeout);
  }

  private Timed answer(Dial dial, HttpAsk ask, HttpJudge judge) throws Exception {
    HttpReply reply = new HttpCall(dial, tls).make(ask, userAgent);
    dial.doing("all read, judging");
    return new Timed(judge.judge(reply), reply.millis());
  }

  private static Timed gaveUp(Dial dial, HttpAsk ask, Duration timeout, Attempt.GaveUp why) {
    String doing = dial.doing();
    dial.close();
    return switch (why) {
      case TOLD_TO_STOP -> error("given up: Lastgood was told to stop while it measured");
      case TIME_IS_UP ->
          error(
              "no full answer from "
                  + ask.place()
                  + " within "
                  + Durations.shown(timeout)
                  + " ("
                  + doing
                  + ")");
    };
  }

  private static Timed error(String says) {
    return new Timed(new Measurement.Error(says), Long.MAX_VALUE);
  }

  /// Requests one after the other, each within the timeout and each judged in full: one that is
  /// refused is the result, it does not drop out of the sample. One more goes first, whose time is
  /// not counted: it pays for the first use of our own code.
  Measurement often(HttpAsk ask, HttpJudge judge, Duration timeout, Check.Latency latency) {
    int n = latency.requests();
    if (n < 1) {
      return new Measurement.Error("a latency check needs at least one request");
    }
    var millis = new ArrayList<Long>();
    long bound = latency.p95().toMillis();
    for (int i = 0; i <= n; i++) {
      Timed timed = request(ask, judge, timeout);
      if (!timed.measurement().healthy()) {
        return i == 0 ? timed.measurement() : at(i, n, timed.measurement());
      }
      if (i > 0) {
        millis.add(timed.millis());
      }
      if (slow(millis, bound) > n - rank(n)) {
        return new Measurement.Unhealthy(
            slow(millis, bound)
                + " of "
                + i
                + " requests took longer than "
                + bound
                + "ms, so p95 of "
                + n
                + " is above it");
      }
    }
    long p95 = p95(millis);
    return new Measurement.Healthy(
        "p95 of " + n + " requests is " + p95 + "ms, at most " + bound + "ms");
  }

  private static long slow(List<Long> millis, long bound) {
    return millis.stream().filter(m -> m > bound).count();
  }

  private static Measurement at(int request, int of, Measurement m) {
    return m.saying(Text.clip("request " + request + " of " + of + ": " + m.seen(), 600));
  }

  /// Nearest rank: the smallest value that at least 95 of 100 are not above. No interpolation, so
  /// it is a time that was really measured.
  static long p95(List<Long> millis) {
    return millis.stream().sorted().toList().get(rank(millis.size()) - 1);
  }

  private static int rank(int n) {
    return (n * 95 + 99) / 100;
  }
}
