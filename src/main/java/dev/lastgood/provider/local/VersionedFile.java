package dev.lastgood.provider.local;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Sight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A component that is one configuration file, its releases the contents of that file. What is
/// replaced has been kept before, and a file that somebody changed after the plan was made is not
/// replaced: nobody approved that.
public final class VersionedFile {
  /// The first act of every way: both ends of it are kept in the folder.
  public static final String KEEP = "keep-current";

  private static final String RELEASE = "release";
  private static final String FROM = "from";
  private static final String PATH = "path";
  private static final Duration QUICK = Duration.ofMillis(20);
  private static final Duration DEADLINE = Duration.ofSeconds(15);

  private final String component;
  private final Path path;
  private final Versions versions;

  public VersionedFile(String component, Path path, Path folder, List<Path> adopted) {
    this.component = component;
    this.path = path;
    this.versions = new Versions(path, folder, adopted);
  }

  public Path path() {
    return path;
  }

  public Versions versions() {
    return versions;
  }

  /// All versions as releases.
  ///
  /// @param unfit why a content can never be a target; what is live is a release in any case
  /// @throws PlatformUnreachable if the file or the folder cannot be read
  public Inventory inventory(Function<byte[], Optional<String>> unfit, List<String> notes)
      throws PlatformUnreachable {
    Versions.Shelf shelf = shelf();
    List<Release> releases = new ArrayList<>();
    var excluded = new ArrayList<>(shelf.excluded());
    Optional<String> live = shelf.live().map(Versions.Version::id);
    for (Versions.Version version : shelf.all()) {
      Optional<String> why =
          live.equals(Optional.of(version.id())) ? Optional.empty() : unfit(version, unfit);
      why.ifPresentOrElse(
          w -> excluded.add(new Inventory.Excluded(version.id(), w)),
          () -> releases.add(release(version)));
    }
    List<String> all = new ArrayList<>(notes);
    if (shelf.live().isEmpty()) {
      all.add(path + " is not there");
    } else {
      foreign().ifPresent(all::add);
    }
    return new Inventory(shelf.live().map(this::release), releases, excluded, all);
  }

  private Optional<String> foreign() {
    try {
      return AtomicFiles.foreign(path);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Optional<String> unfit(
      Versions.Version version, Function<byte[], Optional<String>> unfit) {
    try {
      return unfit.apply(versions.content(version));
    } catch (IOException e) {
      return Optional.of(Why.of(e));
    }
  }

  private Release release(Versions.Version version) {
    return new Release(component, version.id(), Origin.UNKNOWN, Optional.of(version.since()));
  }

  /// @throws PlatformUnreachable if the file or the folder cannot be read
  public Versions.Shelf shelf() throws PlatformUnreachable {
    try {
      return versions.read();
    } catch (IOException e) {
      throw new PlatformUnreachable(
          component + ": its configuration cannot be read: " + Why.of(e), e);
    }
  }

  /// @throws PlatformUnreachable if there is no such version; names those there are
  public Versions.Version known(Versions.Shelf shelf, Release release) throws PlatformUnreachable {
    return shelf
        .find(release.id())
        .orElseThrow(() ->
            new PlatformUnreachable(
                component
                    + ": there is no version "
                    + release.id()
                    + ". Versions: "
                    + shelf.all().stream()
                        .map(Versions.Version::id)
                        .limit(20)
                        .collect(Collectors.joining(", "))));
  }

  /// The act that keeps what is live, and the target as well: a backup of somebody else's may be
  /// overwritten by the next deploy.
  public Act keep(Versions.Shelf shelf, Release from, Versions.Version to) {
    List<String> typed = new ArrayList<>();
    shelf.find(from.id()).filter(v -> !v.kept()).ifPresent(v -> typed.add(copied(v)));
    if (!to.kept()) {
      typed.add(copied(to));
    }
    return act(
        KEEP,
        from,
        to.id(),
        "keep a copy of "
            + from.id()
            + (to.kept() ? "" : ", and of the target " + to.id() + " at " + to.at()),
        typed.isEmpty()
            ? new Argv(
                    List.of("ls", "-l", versions.copyOf(to).toString()),
                    Optional.empty(),
                    Map.of(),
                    DEADLINE)
                .shown()
            : String.join(" && ", typed),
        QUICK);
  }

  private String copied(Versions.Version version) {
    Path copy = versions.copyOf(version);
    return shown("mkdir", "-p", "-m", "700", String.valueOf(copy.getParent()))
        + " && "
        + shown("cp", "-p", version.at().toString(), copy.toString());
  }

  private static String shown(String... words) {
    return new Argv(List.of(words), Optional.empty(), Map.of(), DEADLINE).shown();
  }

  /// An act on this file that makes a version live.
  public Act act(
      String verb, Release from, String to, String says, String byHand, Duration expected) {
    var with = new TreeMap<>(Map.of(FROM, from.id(), RELEASE, to, PATH, path.toString()));
    return new Act(
        component, verb, with, says, byHand, expected, DEADLINE.plus(expected), Duration.ZERO);
  }

  /// `cp KEPT PATH`: mode and owner of the file stay.
  public String copiedBackByHand(Versions.Version version) {
    return shown("cp", versions.copyOf(version).toString(), path.toString());
  }

  public Sight lookKept(Act act) {
    try {
      Versions.Shelf shelf = versions.read();
      List<String> missing = missing(shelf, act);
      return missing.isEmpty()
          ? new Sight.Holds("kept: " + act.get(FROM) + " and " + act.get(RELEASE))
          : new Sight.NotYet("not kept yet: " + String.join(", ", missing));
    } catch (IOException e) {
      return new Sight.Unclear(Why.of(e));
    }
  }

  /// Where nothing is, nothing can be lost.
  private static List<String> missing(Versions.Shelf shelf, Act act) {
    List<String> wanted = new ArrayList<>(List.of(act.get(RELEASE)));
    if (shelf.live().isPresent()) {
      wanted.addFirst(act.get(FROM));
    }
    return wanted.stream()
        .filter(id -> shelf.find(id).filter(Versions.Version::kept).isEmpty())
        .toList();
  }

  public Outcome keep(Act act) {
    try {
      Versions.Shelf shelf = versions.read();
      Optional<Outcome> no = refusal(shelf, act);
      if (no.isPresent()) {
        return no.get();
      }
      for (String id : missing(shelf, act)) {
        Optional<Versions.Version> version = shelf.find(id);
        if (version.isEmpty()) {
          return new Outcome.Refused(changed(shelf, act));
        }
        versions.keep(version.get());
      }
      return new Outcome.Done("kept " + act.get(FROM) + " and " + act.get(RELEASE));
    } catch (IOException e) {
      return new Outcome.Refused("no copy could be kept, nothing was changed: " + Why.of(e));
    }
  }

  /// Replaces the file, where nothing has to be told to read it.
  ///
  /// @param unfit why a content may not go live
  public Outcome replace(Act act, Path lock, Function<byte[], Optional<String>> unfit) {
    try (SlotLock turn = SlotLock.take(lock, DEADLINE).orElse(null)) {
      return turn == null
          ? new Outcome.Refused("somebody else is changing " + path + "; nothing was changed here")
          : switch (change(act)) {
            case Change.No no -> no.refused();
            case Change.Write write -> {
              Optional<String> why = unfit.apply(write.content());
              yield why.isPresent()
                  ? new Outcome.Refused(
                      act.get(RELEASE) + " " + why.get() + "; " + path + " is as it was")
                  : written(act, write);
            }
          };
    } catch (IOException e) {
      return new Outcome.Refused(
          path + " was not touched, " + lock + " cannot be locked: " + Why.of(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Outcome.Refused("interrupted before " + path + " was touched");
    }
  }

  private Outcome written(Act act, Change.Write write) {
    String release = act.get(RELEASE);
    try {
      if (standing().equals(Optional.of(release))) {
        return new Outcome.Done(path + " is " + release + " already");
      }
      AtomicFiles.write(path, write.content());
      if (write.gone()) {
        attributesAsKept(release);
      }
      return new Outcome.Done(path + " is " + release);
    } catch (IOException e) {
      String words = path + " cannot be replaced: " + Why.of(e);
      try {
        return standing().equals(Optional.of(release))
            ? new Outcome.Unknown(words + "; it is " + release + " all the same")
            : new Outcome.Refused(words + " (it is as it was)");
      } catch (IOException alsoUnreadable) {
        return new Outcome.Unknown(words);
      }
    }
  }

  /// What an act that replaces the file has to do.
  public sealed interface Change {
    /// Write this content.
    final class Write implements Change {
      private final byte[] content;

      private final boolean gone;

      Write(byte[] content, boolean gone) {
        this.content = content;
        this.gone = gone;
      }

      /// Nothing is at the path, so its mode and owner are not there to stay.
      public boolean gone() {
        return gone;
      }

      public byte[] content() {
        return content;
      }
    }

    record No(Outcome refused) implements Change {}
  }

  /// The content an act asks for, if it may be written now. What already stands there may be
  /// written again.
  public Change change(Act act) {
    try {
      Versions.Shelf shelf = versions.read();
      Optional<Outcome> no = refusal(shelf, act);
      if (no.isPresent()) {
        return new Change.No(no.get());
      }
      String now = shelf.live().map(Versions.Version::id).orElse("");
      boolean expected = now.isEmpty() || now.equals(act.get(FROM)) || now.equals(act.get(RELEASE));
      if (!expected) {
        return new Change.No(new Outcome.Refused(changed(shelf, act)));
      }
      if (now.equals(act.get(FROM)) && shelf.find(now).filter(Versions.Version::kept).isEmpty()) {
        return new Change.No(
            new Outcome.Refused(
                "no copy of "
                    + now
                    + " is kept, so "
                    + path
                    + " is not replaced: the step "
                    + KEEP
                    + " comes first"));
      }
      return new Change.Write(
          versions.content(shelf.find(act.get(RELEASE)).orElseThrow()), now.isEmpty());
    } catch (IOException e) {
      return new Change.No(
          new Outcome.Refused("nothing was changed, it cannot be read: " + Why.of(e)));
    }
  }

  private Optional<Outcome> refusal(Versions.Shelf shelf, Act act) {
    if (!act.get(PATH).equals(path.toString())) {
      return Optional.of(
          new Outcome.Refused(
              "the plan is for "
                  + act.get(PATH)
                  + ", and "
                  + component
                  + " is configured as "
                  + path
                  + ": plan again"));
    }
    return shelf.find(act.get(RELEASE)).isPresent()
        ? Optional.empty()
        : Optional.of(
            new Outcome.Refused(
                component
                    + " "
                    + act.get(RELEASE)
                    + " is not there any more; see lastgood status"));
  }

  private String changed(Versions.Shelf shelf, Act act) {
    return path
        + " was changed after the plan was made: it is "
        + shelf.live().map(Versions.Version::id).orElse("not there")
        + ", not "
        + act.get(FROM)
        + "; plan again";
  }

  /// The id of what stands at the path; empty when nothing does.
  ///
  /// @throws IOException if it cannot be read
  public Optional<String> standing() throws IOException {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(ContentId.of(Versions.content(path)))
        : Optional.empty();
  }

  /// For a file that was gone: it gets the mode and owner it had when it was kept.
  public Outcome likeKept(Act act, Outcome outcome) {
    try {
      attributesAsKept(act.get(RELEASE));
      return outcome;
    } catch (IOException e) {
      return new Outcome.Unknown(path + " has not the mode and owner it had: " + Why.of(e));
    }
  }

  private void attributesAsKept(String id) throws IOException {
    Versions.Version version =
        versions.read().find(id).orElseThrow(() -> new IOException(id + " is not kept"));
    KeptFolder.alike(version.at(), path.toRealPath());
  }

  /// Keeps what is live, before a deploy writes over it.
  ///
  /// @return its id; empty when it was kept already, or nothing is there
  public List<String> keepLive() throws PlatformUnreachable {
    Versions.Shelf shelf = shelf();
    Optional<Versions.Version> fresh =
        shelf.live().flatMap(v -> shelf.find(v.id())).filter(v -> !v.kept());
    if (fresh.isEmpty()) {
      return List.of();
    }
    try {
      versions.keep(fresh.get());
      return List.of(fresh.get().id());
    } catch (IOException e) {
      throw new PlatformUnreachable(
          component + ": no copy of " + fresh.get().id() + " can be kept: " + Why.of(e), e);
    }
  }

  /// Removes the oldest copies, where a number is configured.
  public List<String> prune(Optional<Integer> most, Set<String> stay) throws PlatformUnreachable {
    try {
      return most.isEmpty() ? List.of() : versions.prune(most.get(), stay);
    } catch (IOException e) {
      throw new PlatformUnreachable(
          component + ": old versions cannot be removed: " + Why.of(e), e);
    }
  }
}
