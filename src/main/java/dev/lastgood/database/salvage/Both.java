package dev.lastgood.database.salvage;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Two questions at once, one to each side.
///
/// @param good the answer of the good state
/// @param live that of the live database
record Both<T>(T good, T live) {
  interface Question<T> {
    T ask() throws SQLException, IOException;
  }

  /// What became of one question: an answer, or why there is none.
  private record Answer<T>(@Nullable T value, @Nullable Exception failure) {
    static <T> Answer<T> to(Question<T> question) {
      try {
        return new Answer<>(question.ask(), null);
      } catch (SQLException | IOException | RuntimeException e) {
        return new Answer<>(null, e);
      }
    }
  }

  /// Waits for both, whatever happens: a connection must be idle before anybody closes it.
  static <T> Both<T> ask(Question<T> good, Question<T> live) throws SQLException, IOException {
    CompletableFuture<Answer<T>> other =
        CompletableFuture.supplyAsync(
            () -> Answer.to(good), task -> Thread.ofVirtual().start(task));
    Answer<T> mine = Answer.to(live);
    Answer<T> theirs = other.join();
    return new Both<>(value(theirs), value(mine));
  }

  private static <T> T value(Answer<T> answer) throws SQLException, IOException {
    Exception failure = answer.failure();
    if (failure == null) {
      return java.util.Objects.requireNonNull(answer.value());
    }
    if (failure instanceof SQLException e) {
      throw e;
    }
    if (failure instanceof IOException e) {
      throw e;
    }
    throw failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
  }
}
