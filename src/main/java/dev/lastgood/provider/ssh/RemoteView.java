package dev.lastgood.provider.ssh;

import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads and changes mode, owner and times of a file of another host.
record RemoteView(SshFiles files, SshPath file, boolean follow) implements PosixFileAttributeView {
  @Override
  public String name() {
    return "posix";
  }

  @Override
  public PosixFileAttributes readAttributes() throws IOException {
    return files.attributes(file, follow);
  }

  @Override
  public UserPrincipal getOwner() throws IOException {
    return readAttributes().owner();
  }

  @Override
  public void setOwner(UserPrincipal owner) throws IOException {
    files.change(file, "chown", number(owner));
  }

  @Override
  public void setGroup(GroupPrincipal group) throws IOException {
    files.change(file, "chgrp", number(group));
  }

  private static String number(UserPrincipal who) {
    if (who instanceof RemoteAttributes.Principal(long id, _)) {
      return Long.toString(id);
    }
    throw new UnsupportedOperationException(who + " is a user of another machine");
  }

  @Override
  public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
    files.change(file, "chmod", RemoteAttributes.octal(permissions));
  }

  @Override
  public void setTimes(
      @Nullable FileTime modified, @Nullable FileTime accessed, @Nullable FileTime created)
      throws IOException {
    if (modified != null) {
      files.change(file, "touch", "-m", "-d", at(modified));
    }
    if (accessed != null) {
      files.change(file, "touch", "-a", "-d", at(accessed));
    }
  }

  private static String at(FileTime time) {
    Instant at = time.toInstant();
    return "@" + at.getEpochSecond() + String.format(Locale.ROOT, ".%09d", at.getNano());
  }
}
