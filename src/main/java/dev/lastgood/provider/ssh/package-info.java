/// Other hosts through SSH: their files as [java.nio.file.Path]s and their commands, by the
/// machine's own `ssh`, so that its configuration and agent just work. On the other side a POSIX
/// shell and GNU coreutils are enough. [dev.lastgood.provider.ssh.HostGroup] makes one platform of
/// the same component on several hosts: first one of them, then the others, wave by wave.
@NullMarked
package dev.lastgood.provider.ssh;

import org.jspecify.annotations.NullMarked;
