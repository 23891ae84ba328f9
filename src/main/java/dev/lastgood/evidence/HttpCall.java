package dev.lastgood.evidence;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// One request on a connection of its own. A socket by hand and no client library: every request
/// must go to a fresh connection, with the `Host` of the check's site, bounded as a whole; and
/// `java.net.http.HttpClient` costs a command line tool about half a second.
///
/// It knows no deadline: whoever waits for it closes the [Dial] when the time is up.
final class HttpCall {
  static final int BODY_LIMIT = 1 << 20;

  private final Dial dial;
  private final Supplier<SSLSocketFactory> tls;

  HttpCall(Dial dial, Supplier<SSLSocketFactory> tls) {
    this.dial = dial;
    this.tls = tls;
  }

  HttpReply make(HttpAsk ask, String userAgent) throws IOException {
    byte[] request = ask.bytes(userAgent);
    try (dial) {
      InetAddress[] addresses = dial.lookUp(ask.place());
      long start = System.nanoTime();
      Socket line = dial.connect(addresses, ask.place().port());
      if (ask.place().tls()) {
        line = secure(line, ask);
      }
      dial.doing("connected, waiting for the answer");
      line.getOutputStream().write(request);
      var in = new BufferedInputStream(line.getInputStream());
      return new HttpReader(in, dial::doing).read(ask.method().equals("HEAD"), start);
    }
  }

  private Socket secure(Socket plain, HttpAsk ask) throws IOException {
    dial.doing("connected, agreeing on TLS");
    // The name of the site, not of the address: the certificate must be the site's.
    var secured =
        (SSLSocket) tls.get().createSocket(plain, ask.site().host(), ask.place().port(), true);
    var wishes = secured.getSSLParameters();
    wishes.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(wishes);
    secured.startHandshake();
    return secured;
  }
}
