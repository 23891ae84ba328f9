package dev.lastgood.database;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.Properties;
import javax.net.SocketFactory;
import jdk.net.ExtendedSocketOptions;

/// Sockets that notice within half a minute that the machine at the other end is gone. A question
/// to a database may take hours, so silence alone says nothing; but a server that lost its power or
/// its network says nothing either, and by the usual settings the kernel would believe in it for
/// two hours. The driver makes it by name.
public final class KeptAlive extends SocketFactory {
  /// Seconds of silence until the other end is asked, seconds between two questions, and how many
  /// remain without an answer.
  static final Map<SocketOption<Integer>, Integer> SETTINGS =
      Map.of(
          ExtendedSocketOptions.TCP_KEEPIDLE,
          15,
          ExtendedSocketOptions.TCP_KEEPINTERVAL,
          5,
          ExtendedSocketOptions.TCP_KEEPCOUNT,
          3);

  /// What the driver must be told; a URL that names another factory keeps it.
  public static void on(Properties properties) {
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("socketFactory", KeptAlive.class.getName());
  }

  /// What the server must be told, as statements: the session of a Lastgood whose machine is gone,
  /// and every lock it holds, is gone half a minute later, too.
  public static String onTheServer() {
    return "set tcp_keepalives_idle = 15; set tcp_keepalives_interval = 5;"
        + " set tcp_keepalives_count = 3";
  }

  /// Not connected yet.
  @Override
  public Socket createSocket() throws IOException {
    var socket = new Socket();
    socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    for (var setting : SETTINGS.entrySet()) {
      if (socket.supportedOptions().contains(setting.getKey())) {
        socket.setOption(setting.getKey(), setting.getValue());
      }
    }
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    return connected(new InetSocketAddress(host, port), new InetSocketAddress(from, fromPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    return connected(new InetSocketAddress(host, port), new InetSocketAddress(from, fromPort));
  }

  private Socket connected(InetSocketAddress to, InetSocketAddress... from) throws IOException {
    Socket socket = createSocket();
    try {
      for (InetSocketAddress address : from) {
        socket.bind(address);
      }
      socket.connect(to);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
