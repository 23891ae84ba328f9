package dev.lastgood.provider.docker;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.Argv;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The images of one engine, by their ids: `sha256:` and 64 hex digits, which name the content and
/// never another one.
final class Images {
  /// Names under this one say what Lastgood keeps.
  private static final String KEPT = "lastgood-kept/";

  private static final int ID = "sha256:".length() + 64;
  private static final int SHORT = "sha256:".length() + 12;
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final int MOST = 500;

  private static final String COLUMNS =
      "{{.ID}}\t{{.Created}}\t{{index .Config.Labels \"org.opencontainers.image.version\"}}\t"
          + "{{index .Config.Labels \"org.opencontainers.image.revision\"}}\t"
          + "{{range .RepoTags}}{{.}} {{end}}\t{{range .RepoDigests}}{{.}} {{end}}";

  private final String component;
  private final Docker docker;

  Images(String component, Docker docker) {
    this.component = component;
    this.docker = docker;
  }

  /// @param created when it was built
  /// @param names with their tags
  /// @param digests `repository@sha256:…`, as a registry knows it
  record Image(
      String id, Instant created, Origin origin, List<String> names, List<String> digests) {}

  static boolean isId(String text) {
    return text.length() == ID
        && text.startsWith("sha256:")
        && text.chars()
            .skip("sha256:".length())
            .allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  static boolean isRepository(String name) {
    return !name.isEmpty()
        && Character.isLetterOrDigit(name.charAt(0))
        && name.lastIndexOf(':') <= name.lastIndexOf('/')
        && name.chars()
            .allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "._-/:".indexOf(c) >= 0));
  }

  /// `lastgood-kept/backend:0123456789ab`.
  String keptName(String id) {
    return KEPT
        + component.toLowerCase(Locale.ROOT)
        + ":"
        + id.substring("sha256:".length(), SHORT);
  }

  /// The ids of all images of these names, of all that Lastgood keeps for this component, and of
  /// those that Compose built for the service and that lost their name to a newer one.
  Set<String> candidates(Optional<String> repository, List<String> labels)
      throws PlatformUnreachable {
    var ids = new LinkedHashSet<String>();
    String kept = KEPT + component.toLowerCase(Locale.ROOT);
    for (String name : repository.isPresent() ? List.of(kept, repository.get()) : List.of(kept)) {
      ids.addAll(listed("reference=" + name));
    }
    if (!labels.isEmpty()) {
      List<String> filters = new ArrayList<>(List.of("dangling=true"));
      labels.forEach(l -> filters.add("label=" + l));
      ids.addAll(listed(filters.toArray(String[]::new)));
    }
    if (ids.size() > MOST) {
      throw new PlatformUnreachable(
          component
              + ": more than "
              + MOST
              + " images; remove old ones, or leave out `repository`");
    }
    return ids;
  }

  private List<String> listed(String... filters) throws PlatformUnreachable {
    List<String> words =
        new ArrayList<>(List.of("image", "ls", "--no-trunc", "--format", "{{.ID}}"));
    for (String filter : filters) {
      words.add("--filter");
      words.add(filter);
    }
    return docker.table(1, words).stream().map(List::getFirst).toList();
  }

  /// Those of the ids that are there, newest first.
  ///
  /// @throws PlatformUnreachable if the engine does not answer
  List<Image> known(Collection<String> ids) throws PlatformUnreachable {
    if (ids.isEmpty()) {
      return List.of();
    }
    List<String> words = new ArrayList<>(List.of("image", "inspect", "--format", COLUMNS));
    words.addAll(new TreeSet<>(ids));
    Argv.Reply reply = docker.ask(words.toArray(String[]::new));
    if (!(reply instanceof Argv.Reply.Answer said)) {
      throw new PlatformUnreachable(component + ": " + ((Argv.Reply.None) reply).reason());
    }
    // It shows those that are there, complains about each that is not, and ends with 1.
    boolean onlyMissing =
        said.complaint()
            .lines()
            .filter(l -> !l.isBlank())
            .allMatch(l -> l.contains("No such image"));
    if (said.code() != 0 && !onlyMissing) {
      throw new PlatformUnreachable(component + ": docker image: " + said.lastLine());
    }
    List<Image> images = new ArrayList<>();
    for (String line : said.answer().lines().filter(l -> !l.isBlank()).toList()) {
      images.add(image(line.split("\t", -1)));
    }
    images.sort(Comparator.comparing(Image::created).reversed().thenComparing(Image::id));
    return images;
  }

  Optional<Image> find(String id) throws PlatformUnreachable {
    return known(List.of(id)).stream().findFirst();
  }

  private Image image(String[] row) throws PlatformUnreachable {
    if (row.length != 6 || !isId(row[0])) {
      throw new PlatformUnreachable(
          component + ": docker image inspect answered in a shape nobody knows");
    }
    return new Image(
        row[0],
        Docker.time(row[1]).orElse(Instant.EPOCH),
        new Origin(text(row[2]), text(row[3]), Optional.empty(), Optional.empty()),
        names(row[4]),
        names(row[5]));
  }

  private static Optional<String> text(String word) {
    return Optional.of(Text.plain(word)).filter(w -> !w.isBlank());
  }

  private static List<String> names(String words) {
    return Arrays.stream(words.split(" ", -1)).filter(w -> !w.isBlank()).toList();
  }

  String keptByHand(String id) {
    return docker.shown("tag", id, keptName(id));
  }

  /// Gives it a name of Lastgood's, so that tidying up does not take it for rubbish.
  Argv.End keep(String id) {
    return docker.change(QUICK, "tag", id, keptName(id));
  }
}
