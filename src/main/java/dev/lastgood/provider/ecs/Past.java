package dev.lastgood.provider.ecs;

import java.time.Instant;

/// One deployment of the service, now or earlier.
///
/// @param target ARN of the service revision it brings
/// @param why what ECS says about its status; may be empty
record Past(String arn, String status, String why, Instant created, String target) {
  boolean successful() {
    return status.equals("SUCCESSFUL");
  }

  /// It could still be stopped.
  boolean open() {
    return status.equals("PENDING") || status.equals("IN_PROGRESS");
  }

  boolean goingBack() {
    return status.equals("STOP_REQUESTED")
        || status.equals("ROLLBACK_REQUESTED")
        || status.equals("ROLLBACK_IN_PROGRESS");
  }
}
