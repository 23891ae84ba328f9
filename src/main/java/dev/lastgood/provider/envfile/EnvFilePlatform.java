package dev.lastgood.provider.envfile;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Keeping;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Retention;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.local.VersionedFile;
import dev.lastgood.provider.local.Versions;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// One env file and its versions.
final class EnvFilePlatform implements Platform, Capturable, Keeping, Retention {
  static final String REPLACE = "replace-env-file";
  private static final Duration USUAL = Duration.ofMillis(20);
  private static final int COMPARED = 5;

  private final String component;
  private final VersionedFile file;
  private final Required required;
  private final Path lock;
  private final Optional<Integer> keep;

  EnvFilePlatform(
      String component, VersionedFile file, Required required, Path lock, Optional<Integer> keep) {
    this.component = component;
    this.file = file;
    this.required = required;
    this.lock = lock;
    this.keep = keep;
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    Versions.Shelf shelf = file.shelf();
    List<String> notes = new ArrayList<>();
    Map<String, String> towards = new LinkedHashMap<>();
    if (shelf.live().isPresent()) {
      Versions.Version live = shelf.live().get();
      notes.addAll(oddities(live));
      shelf.all().stream()
          .filter(v -> !v.id().equals(live.id()))
          .limit(COMPARED)
          .forEach(v -> towards.put(v.id(), "going to " + v.id() + ": " + difference(live, v)));
    }
    Inventory found = file.inventory(required::unfit, notes);
    return new Inventory(found.live(), found.releases(), found.excluded(), found.notes(), towards);
  }

  private List<String> oddities(Versions.Version live) {
    List<String> notes = new ArrayList<>();
    byte[] content;
    try {
      content = file.versions().content(live);
    } catch (IOException e) {
      return List.of(Why.of(e));
    }
    required.unfit(content).ifPresent(why -> notes.add(file.path() + " " + why));
    EnvText.read(content)
        .ifPresent(t ->
            t.notes().stream().limit(COMPARED).forEach(n -> notes.add(file.path() + ": " + n)));
    return notes;
  }

  private String difference(Versions.Version from, Versions.Version to) {
    return EnvDiff.between(values(from), values(to)).inWords();
  }

  /// None where it cannot be read, or is no text.
  private Map<String, String> values(Versions.Version version) {
    try {
      return EnvText.read(file.versions().content(version)).map(EnvText::values).orElse(Map.of());
    } catch (IOException e) {
      return Map.of();
    }
  }

  /// None for a target that lacks what is required: also the way back to the release that was left
  /// because of that.
  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Versions.Shelf shelf = file.shelf();
    Versions.Version target = file.known(shelf, to);
    if (unfit(target).isPresent()) {
      return List.of();
    }
    String difference = shelf.find(from.id()).map(f -> ": " + difference(f, target)).orElse("");
    Act replace =
        file.act(
            REPLACE,
            from,
            to.id(),
            "replace " + file.path() + " by " + to.id() + difference,
            file.copiedBackByHand(target),
            USUAL);
    return List.of(
        new Method(
            "replace",
            "replace the file, owner and mode stay",
            List.of(file.keep(shelf, from, target), replace),
            List.of("what runs keeps the old values until it is started anew")));
  }

  private Optional<String> unfit(Versions.Version version) {
    try {
      return required.unfit(file.versions().content(version));
    } catch (IOException e) {
      return Optional.of(Why.of(e));
    }
  }

  @Override
  public Sight look(Act act) {
    return switch (act.verb()) {
      case VersionedFile.KEEP -> file.lookKept(act);
      case REPLACE -> lookReplaced(act);
      default -> new Sight.Unclear(unknown(act));
    };
  }

  private Sight lookReplaced(Act act) {
    try {
      String now = file.path() + " is " + file.standing().orElse("not there");
      return file.standing().equals(Optional.of(act.get("release")))
          ? new Sight.Holds(now)
          : new Sight.NotYet(now);
    } catch (IOException e) {
      return new Sight.Unclear(Why.of(e));
    }
  }

  @Override
  public Outcome act(Act act, String key) {
    return switch (act.verb()) {
      case VersionedFile.KEEP -> file.keep(act);
      case REPLACE -> file.replace(act, lock, required::unfit);
      default -> new Outcome.Refused(unknown(act));
    };
  }

  private String unknown(Act act) {
    return component
        + ": env-file knows no `"
        + act.verb()
        + "`; was the plan made by another version?";
  }

  @Override
  public List<Exhibit> capture(Release release) {
    String name = component + "-" + release.id() + ".env";
    try {
      Optional<Versions.Version> version = file.shelf().find(release.id());
      String text =
          version.isEmpty()
              ? release.id() + " is not there any more"
              : masked(file.versions().content(version.get()));
      return List.of(
          new Exhibit(
              name, version.map(v -> v.at().toString()).orElse(file.path().toString()), text));
    } catch (PlatformUnreachable e) {
      return List.of(new Exhibit(name, file.path().toString(), String.valueOf(e.getMessage())));
    } catch (IOException e) {
      return List.of(new Exhibit(name, file.path().toString(), Why.of(e)));
    }
  }

  /// Names, and which of them are empty; remarks are left out, they may hold yesterday's values.
  private static String masked(byte[] content) {
    return EnvText.read(content)
        .map(t ->
            t.values().entrySet().stream()
                    .map(e -> EnvText.shown(e.getKey()) + (e.getValue().isEmpty() ? "=" : "=•••"))
                    .collect(Collectors.joining("\n", "", "\n"))
                + t.notes().stream().map(n -> "# " + n + "\n").collect(Collectors.joining()))
        .orElse("it is no text\n");
  }

  @Override
  public Kept keep() throws PlatformUnreachable {
    return Kept.all(file.keepLive());
  }

  @Override
  public List<String> prune(Set<String> stay) throws PlatformUnreachable {
    return file.prune(keep, stay);
  }
}
