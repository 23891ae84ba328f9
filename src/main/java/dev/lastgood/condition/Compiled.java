package dev.lastgood.condition;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.CRC32C;

/// A condition that passed its check: the names it reads and its syntax tree. Reading it back
/// touches no class of the CEL library.
final class Compiled {
  private final SortedSet<String> names;
  private final byte[] tree;

  /// @param tree as [TreeBytes] writes it
  Compiled(SortedSet<String> names, byte[] tree) {
    this.names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    this.tree = tree.clone();
  }

  SortedSet<String> names() {
    return names;
  }

  byte[] tree() {
    return tree.clone();
  }

  byte[] bytes() {
    var body = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(body)) {
      out.writeInt(names.size());
      for (String name : names) {
        out.writeUTF(name);
      }
      out.writeInt(tree.length);
      out.write(tree);
      out.writeLong(sum(body.toByteArray()));
    } catch (IOException never) {
      throw new UncheckedIOException(never);
    }
    return body.toByteArray();
  }

  /// Empty when the bytes are damaged.
  static Optional<Compiled> read(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      var names = new TreeSet<String>();
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        names.add(in.readUTF());
      }
      byte[] tree = in.readNBytes(Math.clamp(in.readInt(), 0, bytes.length));
      long sum = in.readLong();
      boolean whole =
          in.available() == 0
              && sum == sum(java.util.Arrays.copyOf(bytes, bytes.length - Long.BYTES));
      return whole ? Optional.of(new Compiled(names, tree)) : Optional.empty();
    } catch (IOException cutOff) {
      return Optional.empty();
    }
  }

  private static long sum(byte[] body) {
    var sum = new CRC32C();
    sum.update(body);
    return sum.getValue();
  }
}
