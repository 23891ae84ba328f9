package dev.lastgood.evidence;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLException;

/// What a failed connection means, in words for the engineer on call. Messages of exceptions are
/// not passed on: what they quote is not ours to know.
final class PlainWords {
  private PlainWords() {}

  static String of(Throwable failure, Place place) {
    String there = place.hostAndPort();
    return switch (failure) {
      case BrokenAnswer broken -> there + " gave no usable answer: " + broken.getMessage();
      case IllegalArgumentException bad -> "cannot be asked: " + bad.getMessage();
      case UnknownHostException _ -> "the name " + place.host() + " cannot be resolved";
      case NoRouteToHostException _ -> there + " cannot be reached: there is no route to it";
      case SocketTimeoutException _ -> there + " does not answer to a connection";
      case PortUnreachableException _ -> there + " cannot be reached";
      case ConnectException _ -> connect(failure, there);
      case SSLException _ -> tls(failure, place);
      case EOFException _ -> there + " closed the connection early";
      case java.io.IOException _ -> broken(failure, there);
      default ->
          "could not be measured, which is a defect of Lastgood: "
              + failure.getClass().getSimpleName();
    };
  }

  private static String connect(Throwable failure, String there) {
    String message = message(failure);
    if (message.contains("refused")) {
      return "connection to " + there + " refused: nothing listens there";
    }
    return message.contains("timed out")
        ? there + " does not answer to a connection"
        : there + " cannot be reached";
  }

  private static String broken(Throwable failure, String there) {
    String message = message(failure);
    if (message.contains("unreachable")) {
      return there + " cannot be reached: its network is unreachable from here";
    }
    return message.contains("reset") || message.contains("broken pipe")
        ? there + " reset the connection"
        : "the connection to " + there + " broke";
  }

  private static String tls(Throwable failure, Place place) {
    String what = "TLS with " + place.hostAndPort() + " failed: ";
    if (caused(failure, CertificateExpiredException.class).isPresent()) {
      return what + "its certificate has expired";
    }
    if (caused(failure, CertificateNotYetValidException.class).isPresent()) {
      return what + "its certificate is not valid yet";
    }
    if (caused(failure, CertPathBuilderException.class).isPresent()
        || caused(failure, CertPathValidatorException.class).isPresent()) {
      return what
          + "its certificate is not trusted here (self-signed, or from an authority this machine"
          + " does not know)";
    }
    return what + tlsWords(messages(failure));
  }

  private static String tlsWords(String messages) {
    if (messages.contains("no subject alternative") || messages.contains("no name matching")) {
      return "its certificate is for another name";
    }
    if (messages.contains("unsupported or unrecognized ssl message")
        || messages.contains("plaintext")) {
      return "it does not speak TLS; is it an http:// address?";
    }
    if (messages.contains("terminated the handshake") || messages.contains("shut down")) {
      return "it closed the connection during the handshake";
    }
    return messages.contains("alert") || messages.contains("protocol_version")
        ? "it refused the handshake"
        : "no agreement was reached";
  }

  private static Optional<Throwable> caused(Throwable failure, Class<? extends Throwable> kind) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (kind.isInstance(cause)) {
        return Optional.of(cause);
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  private static String messages(Throwable failure) {
    var all = new StringBuilder();
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      all.append(message(cause)).append(' ');
      cause = cause.getCause();
    }
    return all.toString();
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? "" : message.toLowerCase(Locale.ROOT);
  }
}
