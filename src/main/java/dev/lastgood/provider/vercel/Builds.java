package dev.lastgood.provider.vercel;

import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Inventory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Deployments as releases of a component.
///
/// @param depth how many to look at
record Builds(String component, Optional<String> versionFrom, int depth) {
  Release release(Build build) {
    Optional<String> commit = meta(build, "githubCommitSha");
    return new Release(
        component,
        build.id(),
        new Origin(
            versionFrom.isPresent() ? meta(build, versionFrom.get()) : commit,
            commit,
            Optional.empty(),
            Optional.empty()),
        Optional.of(build.at()).filter(_ -> build.created() > 0));
  }

  private static Optional<String> meta(Build build, String key) {
    return Optional.of(build.meta().path(key).asString("")).filter(v -> !v.isBlank());
  }

  /// @param builds newest first, the live one among them if there is one
  Inventory inventory(Project project, List<Build> builds) {
    List<Release> releases = new ArrayList<>();
    List<Inventory.Excluded> excluded = new ArrayList<>();
    for (Build build : builds) {
      Optional<String> unfit = project.serves(build.id()) ? Optional.empty() : build.unfit();
      if (unfit.isEmpty()) {
        releases.add(release(build));
      } else {
        excluded.add(new Inventory.Excluded(build.id(), unfit.get()));
      }
    }
    Optional<Release> live = releases.stream().filter(r -> project.serves(r.id())).findFirst();
    return new Inventory(live, releases, excluded, notes(project));
  }

  private List<String> notes(Project project) {
    List<String> notes = new ArrayList<>();
    if (project.live().isEmpty()) {
      notes.add("no deployment serves production");
    }
    project
        .move()
        .filter(Project.Move::open)
        .ifPresent(m -> notes.add("under way right now: " + m.words()));
    if (!project.autoAssign().orElse(true)) {
      notes.add(
          "production domains are not assigned automatically"
              + (project.rolledBack() ? " since a rollback" : "")
              + ": what is pushed is built and not served");
    }
    return notes;
  }
}
