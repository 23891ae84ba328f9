package dev.lastgood.report;

/// A Markdown file in the making: blocks with one empty line between them, items of a list without.
/// Everything given to it is Markdown already; text from elsewhere goes through [Markdown] first.
final class Page {
  private final StringBuilder out = new StringBuilder();
  private boolean inList;

  Page heading(int level, String markdown) {
    return block("#".repeat(level) + " " + markdown + "\n");
  }

  Page paragraph(String markdown) {
    return block(markdown + "\n");
  }

  /// @param markdown ends with a line break: a table, a code block
  Page block(String markdown) {
    separate();
    out.append(markdown);
    inList = false;
    return this;
  }

  Page item(String markdown) {
    if (!inList) {
      separate();
    }
    out.append("- ").append(markdown).append('\n');
    inList = true;
    return this;
  }

  /// An item with a name: `- **Date**: …`.
  Page named(String name, String markdown) {
    return item("**" + name + "**: " + markdown);
  }

  /// An item to be ticked off.
  Page box(String markdown) {
    return item("[ ] " + markdown);
  }

  /// What nobody knows yet, so that silence is not taken for an answer.
  static String gap(String wanted) {
    return "**UNKNOWN – to be filled in:** " + wanted;
  }

  private void separate() {
    if (!out.isEmpty()) {
      out.append('\n');
    }
  }

  String text() {
    return out.toString();
  }
}
