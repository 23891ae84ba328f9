package dev.lastgood.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A network that is far away: before each server stands a port, and what passes it arrives half a
/// way there and back later, also the greeting that TCP itself exchanges first. A process of its
/// own, so that what it needs of a processor is not taken for ours.
///
///     java … bench.DelayingProxy MILLISECONDS ADDRESS:PORT…
///
/// Says its ports, one a line in the same order, and ends when its standard input does.
public final class DelayingProxy {
  private final long way;

  private DelayingProxy(long milliseconds) {
    this.way = TimeUnit.MILLISECONDS.toNanos(milliseconds) / 2;
  }

  public static void main(String[] args) throws Exception {
    var proxy = new DelayingProxy(Long.parseLong(args[0]));
    List<String> ports = new ArrayList<>();
    for (String server : Arrays.asList(args).subList(1, args.length)) {
      int colon = server.lastIndexOf(':');
      String address = server.substring(0, colon);
      var to = new InetSocketAddress(address, Integer.parseInt(server.substring(colon + 1)));
      var door = new ServerSocket(0, 50, InetAddress.getByName(address));
      ports.add(Integer.toString(door.getLocalPort()));
      Thread.ofVirtual().start(() -> proxy.serve(door, to));
    }
    System.out.println(String.join("\n", ports));
    while (System.in.read() >= 0) {}
    System.exit(0);
  }

  private void serve(ServerSocket door, InetSocketAddress to) {
    try (door) {
      while (true) {
        Socket client = door.accept();
        long began = System.nanoTime();
        Thread.ofVirtual().start(() -> join(client, to, began));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A connection is there for the client after a way there and back, and for the server half a way
  /// later.
  private void join(Socket client, InetSocketAddress to, long began) {
    try (client;
        var server = new Socket()) {
      until(began + 3 * way);
      server.connect(to);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread back = Thread.ofVirtual().start(() -> carry(server, client, 0));
      carry(client, server, began + 2 * way);
      back.join();
    } catch (IOException e) {
      // One of the two is gone, and so is the other when this ends.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What was read when; an empty one is the end.
  @SuppressWarnings("ArrayRecordComponent") // handed on at once
  private record Part(byte[] bytes, long at) {}

  /// @param first nothing was sent before this moment
  private void carry(Socket from, Socket to, long first) {
    var under = new LinkedBlockingQueue<Part>();
    Thread.ofVirtual().start(() -> read(from, under));
    try {
      for (Part part = under.take(); part.bytes().length > 0; part = under.take()) {
        until(Math.max(part.at(), first) + way);
        to.getOutputStream().write(part.bytes());
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // Whoever it was for is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void read(Socket from, LinkedBlockingQueue<Part> under) {
    byte[] bytes = new byte[64 * 1024];
    try {
      InputStream in = from.getInputStream();
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        under.add(new Part(Arrays.copyOf(bytes, n), System.nanoTime()));
      }
    } catch (IOException e) {
      // Cut: for the other end it is over, too.
    }
    under.add(new Part(new byte[0], 0));
  }

  private static void until(long nanos) throws InterruptedException {
    long left = nanos - System.nanoTime();
    if (left > 0) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }
}
