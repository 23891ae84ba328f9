package dev.lastgood.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.model.Measurement;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// TLS: whose certificate is believed, and what is said of the others.
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class TlsAnswersTest {
  private static final char[] PASSWORD = "test-only".toCharArray();

  @TempDir private Path folder;

  /// A certificate signed by an authority that is made with it.
  ///
  /// @param more options of `keytool -genkeypair`
  private KeyStore certificate(String... more) throws Exception {
    Path file = folder.resolve("keys.p12");
    genkeypair(file, "authority", "-ext", "bc:c");
    var options = new ArrayList<>(List.of(more));
    options.addAll(List.of("-signer", "authority"));
    genkeypair(file, "site", options.toArray(String[]::new));
    var keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static void genkeypair(Path file, String alias, String... more) throws Exception {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    var argv = new ArrayList<>(List.of(keytool.toString(), "-genkeypair", "-alias", alias));
    argv.addAll(List.of("-dname", "CN=" + alias, "-keyalg", "EC", "-storetype", "PKCS12"));
    argv.addAll(List.of("-keystore", file.toString(), "-storepass", new String(PASSWORD)));
    argv.addAll(List.of(more));
    Process made =
        new ProcessBuilder(argv)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(made.waitFor()).isZero();
  }

  private static RudeServer server(KeyStore keys) throws GeneralSecurityException, IOException {
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    var own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(
        "site", keys.getKey("site", PASSWORD), PASSWORD, keys.getCertificateChain("site"));
    managers.init(own, PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    ServerSocket listening =
        context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    return new RudeServer(
        listening,
        (_, out) ->
            out.write(
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII)));
  }

  private static Checker believing(KeyStore keys) throws GeneralSecurityException, IOException {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", keys.getCertificate("authority"));
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return new Checker("1.2.3", Path.of("/"), context::getSocketFactory);
  }

  private static Measurement measure(Checker checker, String url) {
    return checker.measure(Some.get(url), Optional.empty(), Optional.empty());
  }

  @Test
  void a_certificate_that_is_believed_and_names_the_host_is_healthy() throws Exception {
    KeyStore keys = certificate("-ext", "san=ip:127.0.0.1");
    try (var server = server(keys)) {
      assertThat(measure(believing(keys), "https://127.0.0.1:" + server.port() + "/"))
          .isInstanceOf(Measurement.Healthy.class);
    }
  }

  @Test
  void a_certificate_that_nobody_here_knows_is_an_error_in_words() throws Exception {
    try (var server = server(certificate("-ext", "san=ip:127.0.0.1"))) {
      assertThat(measure(Some.checker(), "https://127.0.0.1:" + server.port() + "/"))
          .isEqualTo(
              new Measurement.Error(
                  "TLS with 127.0.0.1:"
                      + server.port()
                      + " failed: its certificate is not trusted here (self-signed, or from an"
                      + " authority this machine does not know)"));
    }
  }

  @Test
  void a_certificate_for_another_name_is_an_error() throws Exception {
    KeyStore keys = certificate("-ext", "san=dns:other.example");
    try (var server = server(keys)) {
      assertThat(measure(believing(keys), "https://127.0.0.1:" + server.port() + "/").seen())
          .endsWith("its certificate is for another name");
    }
  }

  @Test
  void a_certificate_that_has_expired_is_an_error() throws Exception {
    KeyStore keys = certificate("-ext", "san=ip:127.0.0.1", "-startdate", "-10d", "-validity", "3");
    try (var server = server(keys)) {
      assertThat(measure(believing(keys), "https://127.0.0.1:" + server.port() + "/").seen())
          .endsWith("its certificate has expired");
    }
  }

  @Test
  void at_another_address_the_certificate_must_be_the_sites() throws Exception {
    KeyStore keys = certificate("-ext", "san=dns:shop.example");
    try (var server = server(keys)) {
      var address = Optional.of("https://127.0.0.1:" + server.port());
      var site = Some.get("https://shop.example/health");
      assertThat(believing(keys).measure(site, address, Optional.empty()))
          .isInstanceOf(Measurement.Healthy.class);
      assertThat(server.requests().getFirst()).contains("Host: shop.example\n");
      var other = Some.get("https://other.example/health");
      assertThat(believing(keys).measure(other, address, Optional.empty()).seen())
          .endsWith("its certificate is for another name");
    }
  }

  @Test
  void a_server_without_tls_is_named_as_such() {
    byte[] answer = "HTTP/1.1 400 Bad\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    try (var server = RudeServer.interrupting((_, out) -> out.write(answer))) {
      var seen = measure(Some.checker(), "https://127.0.0.1:" + server.port() + "/");
      assertThat(seen).isInstanceOf(Measurement.Error.class);
      assertThat(seen.seen()).endsWith("it does not speak TLS; is it an http:// address?");
    }
  }

  @Test
  void a_handshake_that_never_ends_is_given_up_in_time() throws IOException {
    try (var silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      var check =
          Some.get("https://127.0.0.1:" + silent.getLocalPort() + "/", Duration.ofMillis(200));
      assertThat(Some.checker().measure(check, Optional.empty(), Optional.empty()).seen())
          .contains("within 200ms (connected, agreeing on TLS)");
    }
  }
}
