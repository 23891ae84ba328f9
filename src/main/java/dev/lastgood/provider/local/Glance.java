package dev.lastgood.provider.local;

import java.nio.file.Path;
import java.util.List;

/// What a look is going to ask about files, so that another machine can be asked for all of it at
/// once. It is a hint: whatever is not in it is asked for by itself, with the same answer.
///
/// @param files asked about by their names: what they are, where they lead, who may read them
/// @param folders of which the names inside are asked
/// @param shelves folders of which every folder inside is looked into
/// @param within small files that are read in each of those, by their names in it
public record Glance(List<Path> files, List<Path> folders, List<Path> shelves, List<Path> within) {
  public static final Glance NOTHING = new Glance(List.of(), List.of(), List.of(), List.of());

  public Glance {
    files = List.copyOf(files);
    folders = List.copyOf(folders);
    shelves = List.copyOf(shelves);
    within = List.copyOf(within);
  }
}
