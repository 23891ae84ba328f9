package dev.lastgood.provider.mongodb;

import com.mongodb.MongoException;
import dev.lastgood.model.Secret;
import dev.lastgood.provider.PlatformUnreachable;
import java.time.Duration;

/// Where the database is.
record Server(Secret secret) {
  private static final Duration SOON = Duration.ofSeconds(8);
  private static final Duration PATIENT = Duration.ofMinutes(10);

  MongoUrl url() throws PlatformUnreachable {
    return MongoUrl.of(secret);
  }

  /// For looks.
  Session soon() throws PlatformUnreachable {
    return Session.open(url(), SOON);
  }

  /// For work: one answer of the server may take long.
  Session patient() throws PlatformUnreachable {
    return Session.open(url(), PATIENT);
  }

  PlatformUnreachable gone(MongoException e) {
    String place;
    try {
      place = url().place();
    } catch (PlatformUnreachable wrong) {
      return wrong;
    }
    return new PlatformUnreachable("mongodb at " + place + ": " + Session.why(e), e);
  }
}
