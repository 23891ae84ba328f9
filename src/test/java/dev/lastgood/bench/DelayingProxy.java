package dev.lastgood.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A network that is far away: before each server stands a port, and what passes it arrives half a
/// way there and back later, also the greeting that TCP itself exchanges first. A process of its
/// own, so that what it needs of a processor is not taken for ours; one thread and buffers that are
/// used again, so that it needs little: a network costs hosts nothing.
///
///     java … bench.DelayingProxy MILLISECONDS ADDRESS:PORT…
///
/// Says its ports, one a line in the same order, and ends when its standard input does.
public final class DelayingProxy {
  private static final int PART = 16 * 1024;

  private final long way;
  private final Selector selector;
  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::turn));
  private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
  private long turns;

  /// What is to be done at a moment; of those at the same moment, the one that came first.
  private record Due(long at, long turn, Event event) {}

  private interface Event {
    void happens() throws IOException;
  }

  private DelayingProxy(long milliseconds) throws IOException {
    this.way = TimeUnit.MILLISECONDS.toNanos(milliseconds) / 2;
    this.selector = Selector.open();
  }

  public static void main(String[] args) throws Exception {
    var proxy = new DelayingProxy(Long.parseLong(args[0]));
    List<String> ports = new ArrayList<>();
    for (String server : Arrays.asList(args).subList(1, args.length)) {
      int colon = server.lastIndexOf(':');
      String address = server.substring(0, colon);
      var to = new InetSocketAddress(address, Integer.parseInt(server.substring(colon + 1)));
      ports.add(Integer.toString(proxy.door(address, to)));
    }
    System.out.println(String.join("\n", ports));
    Thread.ofPlatform().daemon().start(DelayingProxy::endWithInput);
    proxy.serve();
  }

  private static void endWithInput() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException e) {
      // Whoever started this is gone.
    }
    System.exit(0);
  }

  private int door(String address, InetSocketAddress to) throws IOException {
    ServerSocketChannel door = ServerSocketChannel.open();
    door.bind(new InetSocketAddress(InetAddress.getByName(address), 0), 50);
    door.configureBlocking(false);
    door.register(selector, SelectionKey.OP_ACCEPT, (Event) () -> join(door.accept(), to));
    return ((InetSocketAddress) door.getLocalAddress()).getPort();
  }

  private void serve() throws IOException {
    while (true) {
      Due next = due.peek();
      long left = next == null ? Long.MAX_VALUE : next.at() - System.nanoTime();
      if (left <= 0) {
        due.remove();
        happens(next.event());
      } else if (left < TimeUnit.MILLISECONDS.toNanos(1)) {
        // A selector waits for whole milliseconds.
        LockSupport.parkNanos(left);
      } else {
        selector.select(
            key -> happens((Event) key.attachment()),
            next == null ? 0 : TimeUnit.NANOSECONDS.toMillis(left));
      }
    }
  }

  private static void happens(Event event) {
    try {
      event.happens();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void at(long nanos, Event event) {
    due.add(new Due(nanos, turns++, event));
  }

  private void join(@Nullable SocketChannel client, InetSocketAddress to) throws IOException {
    if (client != null) {
      new Line(client, SocketChannel.open()).connect(to, System.nanoTime());
    }
  }

  /// A connection, from the client to us and from us to the server.
  private final class Line {
    private final SocketChannel client;
    private final SocketChannel server;

    Line(SocketChannel client, SocketChannel server) {
      this.client = client;
      this.server = server;
    }

    /// It is there for the client after a way there and back, and for the server half a way later.
    void connect(InetSocketAddress to, long began) throws IOException {
      var there = new Direction(this, client, server, began + 2 * way);
      var back = new Direction(this, server, client, 0);
      watch(client, there, back);
      at(
          began + 3 * way,
          () -> {
            try {
              server.connect(to);
              watch(server, back, there);
            } catch (IOException e) {
              close();
            }
          });
    }

    private void watch(SocketChannel channel, Direction in, Direction out) throws IOException {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      Event both =
          () -> {
            in.read();
            out.write();
          };
      channel.register(selector, SelectionKey.OP_READ, both);
    }

    void interested(SocketChannel channel, int operation, boolean yes) {
      SelectionKey key = channel.keyFor(selector);
      if (key != null && key.isValid()) {
        key.interestOps(yes ? key.interestOps() | operation : key.interestOps() & ~operation);
      }
    }

    void close() throws IOException {
      client.close();
      server.close();
    }
  }

  /// One direction of a connection.
  private final class Direction {
    private final Line line;
    private final SocketChannel from;
    private final SocketChannel to;
    private final long first;
    private final Deque<ByteBuffer> arrived = new ArrayDeque<>();
    private boolean left;
    private boolean last;

    /// @param first nothing was sent before this moment
    Direction(Line line, SocketChannel from, SocketChannel to, long first) {
      this.line = line;
      this.from = from;
      this.to = to;
      this.first = first;
    }

    /// What there is now arrives half a way later.
    void read() {
      if (left) {
        return;
      }
      ByteBuffer part = buffers.isEmpty() ? ByteBuffer.allocateDirect(PART) : buffers.pop().clear();
      int n = most(part);
      if (n > 0) {
        at(arrival(), () -> arrive(part.flip()));
        return;
      }
      buffers.push(part);
      if (n < 0) {
        left = true;
        line.interested(from, SelectionKey.OP_READ, false);
        at(arrival(), this::end);
      }
    }

    /// What is cut is over, for the other end too.
    private int most(ByteBuffer part) {
      try {
        return from.read(part);
      } catch (IOException e) {
        return -1;
      }
    }

    private long arrival() {
      return Math.max(System.nanoTime(), first) + way;
    }

    private void arrive(ByteBuffer part) throws IOException {
      arrived.add(part);
      write();
    }

    private void end() throws IOException {
      last = true;
      write();
    }

    void write() throws IOException {
      try {
        for (ByteBuffer part = arrived.peek(); part != null; part = arrived.peek()) {
          to.write(part);
          line.interested(to, SelectionKey.OP_WRITE, part.hasRemaining());
          if (part.hasRemaining()) {
            return;
          }
          buffers.push(arrived.remove());
        }
        if (last) {
          // SSH has no half of a connection: when one end has gone there is nothing left to say.
          line.close();
        }
      } catch (IOException e) {
        // Whoever it was for is gone.
        line.close();
      }
    }
  }
}
