package dev.lastgood.provider.ecs;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a service revision ran: it never changes.
///
/// @param task its task definition, as `family:revision`
/// @param images by container, the image as the task definition names it
/// @param digests by container, what that name meant when it was deployed; those known
record Revision(String task, SortedMap<String, String> images, SortedMap<String, String> digests) {
  Revision {
    images = Collections.unmodifiableSortedMap(new TreeMap<>(images));
    digests = Collections.unmodifiableSortedMap(new TreeMap<>(digests));
  }

  /// The digests that a tag could miss, as text for a plan: `app=sha256:… proxy=sha256:…`.
  String pins() {
    return digests.entrySet().stream()
        .filter(e -> !images.getOrDefault(e.getKey(), "").contains("@sha256:"))
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(" "));
  }

  /// What of the pins another revision does not keep; empty when all agree, as far as known.
  String missing(String pins) {
    return Stream.of(pins.split(" "))
        .map(pin -> pin.split("=", 2))
        .filter(pin -> pin.length == 2)
        .filter(pin -> digests.containsKey(pin[0]) && !pin[1].equals(digests.get(pin[0])))
        .map(pin -> "container " + pin[0] + " runs " + digests.get(pin[0]) + ", not " + pin[1])
        .collect(Collectors.joining(", "));
  }
}
