package dev.lastgood.provider.release;

import dev.lastgood.provider.local.Host;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Optional;

/// Swaps two paths in one step, so that each name is there all the time.
interface Exchange {
  /// @return false when this file system or system cannot do it, and nothing was changed
  /// @throws IOException if it said no for another reason; nothing was changed
  boolean swap(Path one, Path other) throws IOException;

  /// Of the machine the path is on: for another one nothing but two renames is known.
  static Exchange on(Path path) {
    return Host.of(path).elsewhere() ? (_, _) -> false : ofTheKernel();
  }

  /// `renameat2(…, RENAME_EXCHANGE)` of Linux 3.15, for which Java has no word.
  static Exchange ofTheKernel() {
    return Exchange::renameat2;
  }

  /// Restricted, as every call out of Java is; the manifest of the jar allows it.
  @SuppressWarnings("restricted")
  private static boolean renameat2(Path one, Path other) throws IOException {
    final int atFdcwd = -100;
    final int renameExchange = 2;
    final int eXdev = 18;
    final int eInval = 22;
    final int eNosys = 38;
    Linker linker = Linker.nativeLinker();
    Optional<MemorySegment> symbol = linker.defaultLookup().find("renameat2");
    if (symbol.isEmpty()) {
      return false;
    }
    StructLayout state = Linker.Option.captureStateLayout();
    MethodHandle rename =
        linker.downcallHandle(
            symbol.get(),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT),
            Linker.Option.captureCallState("errno"));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(state);
      int result =
          (int)
              rename.invokeExact(
                  errno,
                  atFdcwd,
                  arena.allocateFrom(one.toString()),
                  atFdcwd,
                  arena.allocateFrom(other.toString()),
                  renameExchange);
      if (result == 0) {
        return true;
      }
      VarHandle code = state.varHandle(MemoryLayout.PathElement.groupElement("errno"));
      int error = (int) code.get(errno, 0L);
      if (error == eInval || error == eNosys) {
        return false;
      }
      throw new IOException(
          error == eXdev
              ? "they are on different file systems"
              : "error " + error + " of the system");
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("renameat2 cannot be called", e);
    }
  }
}
