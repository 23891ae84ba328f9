package dev.lastgood.provider.ssh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/// A file of another host, read in parts as it is asked for.
final class RemoteFile implements SeekableByteChannel {
  /// A configuration comes in one part, a log in a few.
  private static final int PART = 256 * 1024;

  private final SshPath path;
  private final boolean follow;
  private long position;
  private byte[] part = new byte[0];
  private long partAt;
  private boolean open = true;

  RemoteFile(SshPath path, boolean follow) {
    this.path = path;
    this.follow = follow;
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    // A part that is not full ends with the file.
    boolean over = part.length > 0 && part.length < PART && position == partAt + part.length;
    if (!over && (position < partAt || position >= partAt + part.length)) {
      part = path.host().provider().part(path, position, PART, follow);
      partAt = position;
    }
    int from = (int) (position - partAt);
    int count = Math.min(into.remaining(), part.length - from);
    if (count <= 0) {
      return into.hasRemaining() ? -1 : 0;
    }
    into.put(part, from, count);
    position += count;
    return count;
  }

  @Override
  public long position() {
    return position;
  }

  @Override
  public SeekableByteChannel position(long next) {
    position = next;
    return this;
  }

  @Override
  public long size() throws IOException {
    return path.host().provider().attributes(path, follow).size();
  }

  @Override
  public int write(ByteBuffer from) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
