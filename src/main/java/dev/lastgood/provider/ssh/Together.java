package dev.lastgood.provider.ssh;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Asks several hosts the same at the same time, and keeps what each of them answered.
final class Together {
  /// Logins at a time: each is a process here.
  private static final int MOST = 64;

  private Together() {}

  /// @param ask throws [HostLost] or returns
  static <T> Map<String, T> each(List<Member> members, Function<Member, T> ask) {
    Map<String, T> answers = new LinkedHashMap<>();
    if (members.size() == 1) {
      answers.put(members.getFirst().name(), ask.apply(members.getFirst()));
      return answers;
    }
    var gate = new Semaphore(MOST);
    try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<String, Future<T>> asked = new LinkedHashMap<>();
      for (Member member : members) {
        Callable<T> task =
            () -> {
              gate.acquire();
              try {
                return ask.apply(member);
              } finally {
                gate.release();
              }
            };
        asked.put(member.name(), tasks.submit(task));
      }
      for (Map.Entry<String, Future<T>> each : asked.entrySet()) {
        answers.put(each.getKey(), answer(each.getValue()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HostLost("interrupted");
    }
    return answers;
  }

  private static <T> T answer(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /// `web1, web2: the words they share; web3: others`, of those that fit.
  static <T> String said(Map<String, T> each, Predicate<T> which, Function<T, String> words) {
    Map<String, List<String>> hosts = new LinkedHashMap<>();
    each.forEach((host, answer) -> {
      if (which.test(answer)) {
        hosts.computeIfAbsent(words.apply(answer), _ -> new java.util.ArrayList<>()).add(host);
      }
    });
    return hosts.entrySet().stream()
        .map(e -> String.join(", ", e.getValue()) + ": " + e.getKey())
        .collect(Collectors.joining("; "));
  }
}
