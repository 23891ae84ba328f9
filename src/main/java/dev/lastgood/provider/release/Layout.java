package dev.lastgood.provider.release;

import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Glance;
import dev.lastgood.provider.local.Host;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.lang.ScopedValue.CallableOp;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Where the releases of a component are, and what its link says.
///
/// @param releases folder of the releases
/// @param current the link to the live one
/// @param adopt whether `current` may be a folder
record Layout(String component, Path base, Path releases, Path current, boolean adopt) {
  private static final String PERHAPS = " perhaps ";
  private static final String CREATED = " of ";

  private static final DateTimeFormatter COMPACT =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  static Layout of(String component, ReleaseDirectorySettings settings, Path start) {
    Path base = start.toAbsolutePath().resolve(settings.path()).normalize();
    return new Layout(
        component,
        base,
        base.resolve(settings.releases().orElse(Path.of("releases"))).normalize(),
        base.resolve(settings.current().orElse(Path.of("current"))).normalize(),
        settings.adopt().orElse(false));
  }

  /// What `current` is.
  sealed interface Current {
    /// In words, for notes and refusals.
    String says();

    /// A link to one of the releases.
    record Live(String id, Path at) implements Current {
      @Override
      public String says() {
        return "points at " + id;
      }
    }

    /// Not a link but the live files themselves, which can become the release of this id.
    record Folder(String id, boolean adopt) implements Current {
      @Override
      public String says() {
        return adopt
            ? "is a folder; the first switch makes it the release " + id + " and a link"
            : "is a folder, not a link. Set `adopt: yes` to let the first switch make it a release";
      }
    }

    /// None of these: nothing, a link to nowhere, a file.
    record Useless(String says) implements Current {}
  }

  /// A look at the link and all releases.
  ///
  /// @param read small files in each release
  <T, X extends Throwable> T survey(List<Path> read, CallableOp<T, X> look) throws X {
    return Host.of(base)
        .glance(new Glance(List.of(current, releases), List.of(), List.of(releases), read), look);
  }

  /// A look at the link, and at the folder of one release. Before a change also at what lies beside
  /// the link.
  ///
  /// @param id of the release; one that is no name of a folder is left to whoever asks
  <T, X extends Throwable> T glance(String id, boolean beside, CallableOp<T, X> look) throws X {
    List<Path> files = new ArrayList<>(List.of(current, releases));
    try {
      files.add(folder(id));
    } catch (IllegalArgumentException e) {
      // Said by whoever asks for it.
    }
    Path around = current.getParent();
    List<Path> folders = beside && around != null ? List.of(around) : List.of();
    return Host.of(base).glance(new Glance(files, folders, List.of(), List.of()), look);
  }

  Current look() throws PlatformUnreachable {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(current, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isSymbolicLink()) {
        return link();
      }
      return attributes.isDirectory()
          ? new Current.Folder(adoptedId(attributes), adopt)
          : new Current.Useless("is a file, neither a link nor a folder");
    } catch (NoSuchFileException e) {
      return new Current.Useless("is not there");
    } catch (IOException e) {
      throw new PlatformUnreachable(
          component + ": " + current + " cannot be read: " + reason(e), e);
    }
  }

  private Current link() throws IOException {
    Path target = Files.readSymbolicLink(current);
    Path real;
    try {
      real = current.toRealPath();
    } catch (NoSuchFileException e) {
      return new Current.Useless("points at " + target + ", which is not there");
    } catch (IOException e) {
      return new Current.Useless("points at " + target + ", which leads nowhere: " + reason(e));
    }
    if (!releases.toRealPath().equals(real.getParent())) {
      return new Current.Useless("points at " + real + ", which is outside " + releases);
    }
    return Files.isDirectory(real)
        ? new Current.Live(real.getFileName().toString(), real)
        : new Current.Useless("points at " + real + ", which is no folder");
  }

  /// On the machine of this component.
  Path path(String absolute) {
    return base.getFileSystem().getPath(absolute);
  }

  /// The folder of a release, without asking whether it is there.
  ///
  /// @throws IllegalArgumentException if the id is no plain name of a folder
  Path folder(String id) {
    try {
      Path folder = releases.resolve(id);
      if (releases.equals(folder.getParent()) && folder.normalize().equals(folder)) {
        return folder;
      }
    } catch (InvalidPathException e) {
      // Said below, with the id.
    }
    throw new IllegalArgumentException(
        component + ": \"" + id + "\" is not the name of a folder in " + releases);
  }

  /// Where the files of a release are now: a folder that is not yet adopted is still in the place
  /// of the link.
  Path home(String id) throws PlatformUnreachable {
    boolean live = look() instanceof Current.Folder(String folder, _) && folder.equals(id);
    return live ? current : folder(id);
  }

  /// What makes a folder this very folder: its number, and when it was created, since numbers are
  /// given again. Empty when it is not there, or no folder.
  Optional<String> identity(Path folder) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(folder, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isDirectory()) {
        return Optional.empty();
      }
      boolean known = keepsBirths(attributes) || keepsBirths(around(folder, attributes));
      return Optional.of(
          attributes.fileKey()
              + (known ? CREATED : PERHAPS)
              + attributes.creationTime().toInstant());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// A file system that does not keep the time of creation answers with that of the last change.
  private static boolean keepsBirths(BasicFileAttributes seen) {
    return !seen.creationTime().equals(seen.lastModifiedTime());
  }

  /// The folder around it, when it is of the same file system: a folder that was made and filled
  /// within one tick of the clock cannot show by itself whether births are kept, and the number of
  /// a folder that was removed is given to the next one.
  private static BasicFileAttributes around(Path folder, BasicFileAttributes itself)
      throws IOException {
    BasicFileAttributes around =
        Files.readAttributes(folder.resolveSibling("."), BasicFileAttributes.class);
    return device(around).equals(device(itself)) ? around : itself;
  }

  /// `(dev=fd01,ino=42)`.
  private static String device(BasicFileAttributes seen) {
    String key = String.valueOf(seen.fileKey());
    int comma = key.indexOf(',');
    return comma < 0 ? key : key.substring(0, comma);
  }

  /// Is it the folder of this identity? The number decides alone where nothing shows that births
  /// are kept here; what one of the two shows is true of both.
  boolean isStill(Path folder, String identity) {
    String now = identity(folder).orElse("");
    boolean kept = now.contains(CREATED) || identity.contains(CREATED);
    return number(now).equals(number(identity))
        && (!kept
            || born(now).isEmpty()
            || born(identity).isEmpty()
            || born(now).equals(born(identity)));
  }

  private static String number(String identity) {
    return identity.split(CREATED + "|" + PERHAPS, 2)[0];
  }

  /// Empty in plans of older versions.
  private static String born(String identity) {
    String[] parts = identity.split(CREATED + "|" + PERHAPS, 2);
    return parts.length < 2 ? "" : parts[1];
  }

  /// The same at every look, and after it was adopted: made of the time the folder was created.
  private static String adoptedId(BasicFileAttributes attributes) {
    Instant created = attributes.creationTime().toInstant();
    return "adopted-" + COMPACT.format(created);
  }

  /// Why a folder or a file could not be read, also when Java wrapped it up.
  static String reason(Exception e) {
    return e instanceof IOException io
        ? Why.of(io)
        : e.getCause() instanceof IOException io ? Why.of(io) : String.valueOf(e.getMessage());
  }
}
