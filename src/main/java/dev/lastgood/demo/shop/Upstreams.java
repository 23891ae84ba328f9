package dev.lastgood.demo.shop;

import java.io.IOException;
import java.net.SocketException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// The front door's connections to the programs behind it.
final class Upstreams {
  private static final int CONNECT_MILLIS = 1000;
  private static final int IDLE_KEPT = 32;

  private final Map<String, ConcurrentLinkedDeque<Wire>> idle = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();

  /// Nothing came back, so the request may be sent again if it is safe to.
  private static final class NoAnswer extends IOException {
    private static final long serialVersionUID = 1;

    NoAnswer(String why) {
      super(why);
    }
  }

  /// Requests that wait for their answer, by address.
  Map<String, Integer> inFlight() {
    Map<String, Integer> counts = new TreeMap<>();
    inFlight.forEach((address, n) -> counts.put(address, n.get()));
    return counts;
  }

  /// Sends the request to the address of this moment. Sent a second time, to the address of *that*
  /// moment, only where the first try cannot have been carried out: no connection came about; or a
  /// kept connection turned out closed, and asking twice is the same as asking once.
  Message ask(Supplier<String> address, Message request) throws IOException {
    boolean repeatable =
        !request.head().method().equals("POST") && !request.head().method().equals("PATCH");
    String first = address.get();
    // a kept connection can be closed by the other side at any moment, so what must not be sent
    // twice gets a new one
    Optional<Wire> kept = repeatable ? takeIdle(first) : Optional.empty();
    if (kept.isPresent()) {
      try {
        return exchange(first, kept.get(), request);
      } catch (NoAnswer e) {
        // the other side had closed it; a new connection tells whether anybody is there
      }
    }
    return exchange(address, request);
  }

  private Message exchange(Supplier<String> address, Message request) throws IOException {
    String chosen = address.get();
    Wire wire;
    try {
      wire = Wire.connect(chosen, CONNECT_MILLIS);
    } catch (IOException e) {
      chosen = address.get();
      wire = Wire.connect(chosen, CONNECT_MILLIS);
    }
    return exchange(chosen, wire, request);
  }

  private Message exchange(String address, Wire wire, Message request) throws IOException {
    AtomicInteger counter = inFlight.computeIfAbsent(address, a -> new AtomicInteger());
    counter.incrementAndGet();
    boolean reusable = false;
    try {
      Head head = sendAndListen(wire, request);
      byte[] answer = wire.readBody(head, request.head().method());
      reusable = head.keepsAlive() && bodyHasAnEnd(head);
      return new Message(head, answer);
    } finally {
      counter.decrementAndGet();
      if (reusable) {
        giveBack(address, wire);
      } else {
        wire.close();
      }
    }
  }

  private static Head sendAndListen(Wire wire, Message request) throws IOException {
    Optional<Head> head;
    try {
      wire.write(request.head(), request.body());
      head = wire.readHead();
    } catch (SocketException e) {
      throw wire.heard() ? e : new NoAnswer(String.valueOf(e.getMessage()));
    }
    return head.orElseThrow(() -> new NoAnswer("closed without an answer"));
  }

  private static boolean bodyHasAnEnd(Head head) {
    return head.first("Content-Length").isPresent() || head.says("Transfer-Encoding", "chunked");
  }

  private Optional<Wire> takeIdle(String address) {
    return Optional.ofNullable(idleOf(address).pollFirst());
  }

  private ConcurrentLinkedDeque<Wire> idleOf(String address) {
    return idle.computeIfAbsent(address, a -> new ConcurrentLinkedDeque<>());
  }

  private void giveBack(String address, Wire wire) {
    ConcurrentLinkedDeque<Wire> wires = idleOf(address);
    if (wires.size() < IDLE_KEPT) {
      wires.addFirst(wire);
    } else {
      wire.close();
    }
  }

  /// Lets go of the idle connections to addresses no route uses any more.
  void forgetOthersThan(Collection<String> used) {
    idle.forEach((address, wires) -> {
      if (!used.contains(address)) {
        for (Wire w = wires.pollFirst(); w != null; w = wires.pollFirst()) {
          w.close();
        }
      }
    });
  }
}
