package dev.lastgood.provider.supabase;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.AtomicFiles;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What Lastgood did to a project, in a file: written before it is asked for, since nobody else
/// could tell afterwards.
record Memory(Path file) {
  private static final int LONGEST = 1 << 20;
  private static final int MOMENTS = 100;

  /// @param live what users work with, as far as Lastgood knows
  /// @param pending a restore that was asked for, and perhaps done
  /// @param moments seconds that somebody wanted to be able to come back to
  record State(String live, Optional<Pending> pending, List<Long> moments) {
    State {
      moments = List.copyOf(moments);
    }

    State asks(Pending now) {
      return new State(live, Optional.of(now), moments);
    }

    State forgets() {
      return new State(live, Optional.empty(), moments);
    }

    State keeps(long moment) {
      List<Long> more = new ArrayList<>(moments);
      more.remove(moment);
      more.addFirst(moment);
      return new State(live, pending, more.subList(0, Math.min(MOMENTS, more.size())));
    }
  }

  /// @param from what was live then
  /// @param to the release that was asked for
  /// @param asked when, by our clock
  /// @param started which database server ran then
  record Pending(String from, String to, Instant asked, String started) {}

  State read() throws PlatformUnreachable {
    try {
      return Files.exists(file)
          ? Json.MAPPER.readValue(AtomicFiles.read(file, LONGEST), State.class)
          : new State(SupabasePlatform.LIVE, Optional.empty(), List.of());
    } catch (IOException e) {
      throw new PlatformUnreachable(file + " cannot be read: " + Why.of(e), e);
    } catch (JacksonException e) {
      throw new PlatformUnreachable(
          file + " is damaged: what was restored is not known. Look at it, then remove it", e);
    }
  }

  void write(State state) throws PlatformUnreachable {
    try {
      AtomicFiles.write(file, Json.MAPPER.writeValueAsString(state));
    } catch (IOException e) {
      throw new PlatformUnreachable(file + " cannot be written: " + Why.of(e), e);
    }
  }

  private static final class Json {
    private static final JsonMapper MAPPER = JsonMapper.shared();
  }
}
