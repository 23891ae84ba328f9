package dev.lastgood.provider.mongodb;

import dev.lastgood.provider.mongodb.Content.Held;
import java.util.ArrayList;
import java.util.List;

/// Compares what was restored with what the snapshot says of itself.
final class Verifying {
  private Verifying() {}

  /// What is wrong with it; empty when nothing is.
  static List<String> wrong(Content found, Content wanted) {
    List<String> wrong = new ArrayList<>();
    wanted
        .collections()
        .forEach((name, should) -> {
          Held is = found.collections().get(name);
          if (is == null) {
            if (should.count() > 0 || !should.shape().isEmpty()) {
              wrong.add("collection " + name + " is missing");
            }
          } else {
            compare(name, is, should, wrong);
          }
        });
    return wrong;
  }

  private static void compare(String name, Held is, Held should, List<String> wrong) {
    boolean faded = should.fades() && is.count() <= should.count();
    if (is.count() != should.count() && !faded) {
      wrong.add(name + " has " + is.count() + " documents, not " + should.count());
    } else if (!is.sum().equals(should.sum()) && !faded) {
      wrong.add(name + " has as many documents as it should, but others");
    }
    should.shape().stream()
        .filter(l -> !is.shape().contains(l))
        .forEach(l -> wrong.add(name + " lacks " + l));
    is.shape().stream()
        .filter(l -> !should.shape().contains(l))
        .forEach(l -> wrong.add(name + " should not have " + l));
  }
}
