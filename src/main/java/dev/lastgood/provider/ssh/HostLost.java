package dev.lastgood.provider.ssh;

/// The way to a host is not there, or was cut. Unchecked on purpose: much that asks for a file
/// takes an `IOException` for "it is not there", and a lost connection must never be taken for
/// that. [HostGroup] catches it.
final class HostLost extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HostLost(String message) {
    super(message);
  }
}
