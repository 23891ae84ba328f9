package dev.lastgood.provider.release;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Proxy;
import dev.lastgood.provider.local.Supervisor;
import dev.lastgood.provider.local.Supervisor.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Everything about a component at one moment: folders, link, processes, traffic.
///
/// @param ports where instances may listen
/// @param running what Lastgood started and still runs
/// @param traffic the port the proxy leads to; empty: there is no proxy, or it does not say
/// @param trouble what could not be seen, as notes
record Scene(
    Layout layout,
    Listing listing,
    Layout.Current current,
    boolean supervised,
    List<Integer> ports,
    List<Running> running,
    OptionalInt traffic,
    List<String> trouble) {
  static Scene of(
      Layout layout,
      Layout.Current current,
      Listing listing,
      Optional<Supervisor> service,
      Optional<Proxy> proxy)
      throws PlatformUnreachable {
    List<String> trouble = new ArrayList<>();
    OptionalInt traffic = OptionalInt.empty();
    if (proxy.isPresent()) {
      try {
        Optional<String> target = proxy.get().target();
        traffic = target.map(Instances::port).orElse(OptionalInt.empty());
        if (traffic.isEmpty()) {
          trouble.add("the proxy leads nowhere that it names");
        }
      } catch (PlatformUnreachable e) {
        trouble.add("where the traffic goes is not known: " + e.getMessage());
      }
    }
    List<Integer> ports = service.map(Supervisor::ports).orElse(List.of());
    return new Scene(
        layout,
        listing,
        current,
        service.isPresent(),
        ports,
        service.map(Supervisor::running).orElse(List.of()),
        traffic,
        trouble);
  }

  Inventory inventory() {
    List<String> notes = new ArrayList<>(trouble);
    Optional<String> linked = linked();
    Optional<Running> serving = serving();
    if (linked.isEmpty() || current instanceof Layout.Current.Folder) {
      notes.add(layout.current() + " " + current.says());
    }
    if (serving.isPresent() && !Optional.of(serving.get().release()).equals(linked)) {
      notes.add(
          serving.get().release()
              + " serves"
              + (serving.get().port() == 0 ? "" : " on port " + serving.get().port())
              + ", while "
              + layout.current()
              + " "
              + current.says()
              + ": a restart would bring that back");
    }
    if (traffic.isPresent() && !ports.contains(traffic.getAsInt())) {
      notes.add("the proxy leads to port " + traffic.getAsInt() + ", which is none of " + ports);
    }
    if (!ports.isEmpty() && serving.isEmpty()) {
      notes.add("no process that Lastgood started serves");
    }
    Optional<String> live = serving.map(Running::release).or(() -> linked);
    return new Inventory(
        live.map(id -> live(id, linked)),
        listing.entries().stream().map(Listing.Entry::release).toList(),
        listing.excluded(),
        notes);
  }

  /// What the link says, or the folder in its place when it may be adopted.
  private Optional<String> linked() {
    return switch (current) {
      case Layout.Current.Live live -> Optional.of(live.id());
      case Layout.Current.Folder folder when folder.adopt() -> Optional.of(folder.id());
      case Layout.Current.Folder _, Layout.Current.Useless _ -> Optional.empty();
    };
  }

  /// The instance that gets the traffic: where the proxy leads, or the only one there is.
  private Optional<Running> serving() {
    if (traffic.isPresent()) {
      return running.stream().filter(r -> r.port() == traffic.getAsInt()).findFirst();
    }
    return running.size() == 1 ? Optional.of(running.getFirst()) : Optional.empty();
  }

  private Release live(String id, Optional<String> linked) {
    Release known =
        listing.entries().stream()
            .map(Listing.Entry::release)
            .filter(r -> r.id().equals(id))
            .findFirst()
            .orElse(Release.of(layout.component(), id));
    Optional<Instant> since = linked.equals(Optional.of(id)) ? linkMade() : Optional.empty();
    return new Release(known.component(), id, known.origin(), since.or(known::since));
  }

  private Optional<Instant> linkMade() {
    try {
      return current instanceof Layout.Current.Live
          ? Optional.of(
              Files.getLastModifiedTime(layout.current(), LinkOption.NOFOLLOW_LINKS).toInstant())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  OptionalInt portOf(String release) {
    return running.stream()
        .filter(r -> r.release().equals(release))
        .mapToInt(Running::port)
        .findFirst();
  }
}
