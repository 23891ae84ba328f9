package dev.lastgood.report;

import java.util.ArrayList;
import java.util.List;

/// Lines of a text for a terminal, none wider than the width.
final class Sheet {
  private static final int NARROWEST = 40;

  private final int width;
  private final List<String> lines = new ArrayList<>();

  Sheet(int width) {
    this.width = Math.max(NARROWEST, width);
  }

  int width() {
    return width;
  }

  Sheet line(String text) {
    lines.addAll(Cells.wrap(text, width));
    return this;
  }

  Sheet blank() {
    lines.add("");
    return this;
  }

  /// A label and its text; further lines of the text stand under the first.
  Sheet field(String label, int labelWidth, String text) {
    return indented(Cells.left(label, labelWidth) + "  ", text);
  }

  /// The first of the texts has the label, the others stand under it.
  Sheet field(String label, int labelWidth, List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      field(i == 0 ? label : "", labelWidth, texts.get(i));
    }
    return this;
  }

  /// Text behind a head that is only on its first line.
  Sheet indented(String head, String text) {
    int left = Cells.width(head);
    String start = head;
    for (String part : Cells.wrap(text, Math.max(10, width - left))) {
      lines.add((start + part).stripTrailing());
      start = " ".repeat(left);
    }
    return this;
  }

  /// As it is; the caller has made it fit.
  Sheet ready(String line) {
    lines.add(line.stripTrailing());
    return this;
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
