package dev.lastgood.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;

/// Where a command reads and writes: colours and a live line on a terminal, plain lines in a pipe.
public final class Terminal {
  private final PrintStream out;
  private final PrintStream err;
  private final BufferedReader in;
  private final boolean interactive;
  private final boolean colour;
  private final int width;
  private boolean liveLine;
  private boolean machine;

  /// @param interactive whether a person can answer questions here
  public Terminal(
      PrintStream out,
      PrintStream err,
      BufferedReader in,
      boolean interactive,
      boolean colour,
      int width) {
    this.out = out;
    this.err = err;
    this.in = in;
    this.interactive = interactive;
    this.colour = colour;
    this.width = width;
  }

  /// Cells of a line.
  public int width() {
    return width;
  }

  public boolean interactive() {
    return interactive;
  }

  /// From now on standard output is for one document; what people read goes to standard error.
  void forMachine() {
    machine = true;
  }

  /// What `--json` prints.
  void document(Object value) {
    endLive();
    out.println(Json.write(value));
  }

  public void line(String text) {
    endLive();
    people().println(text);
  }

  private PrintStream people() {
    return machine ? err : out;
  }

  public void blank() {
    line("");
  }

  public void error(String text) {
    endLive();
    out.flush();
    err.println(colour ? "\u001b[31m" + text + "\u001b[0m" : text);
  }

  /// Replaced by the next line; nothing in a pipe.
  public void live(String text) {
    if (interactive && !machine) {
      out.print("\r\u001b[2K" + text);
      out.flush();
      liveLine = true;
    }
  }

  private void endLive() {
    if (liveLine) {
      out.print("\r\u001b[2K");
      liveLine = false;
    }
  }

  public String bold(String text) {
    return colour ? "\u001b[1m" + text + "\u001b[0m" : text;
  }

  public String green(String text) {
    return colour ? "\u001b[32m" + text + "\u001b[0m" : text;
  }

  public String red(String text) {
    return colour ? "\u001b[31m" + text + "\u001b[0m" : text;
  }

  public String yellow(String text) {
    return colour ? "\u001b[33m" + text + "\u001b[0m" : text;
  }

  public String dim(String text) {
    return colour ? "\u001b[2m" + text + "\u001b[0m" : text;
  }

  /// Asks a person; empty when nobody can answer, or the input ended.
  public Optional<String> ask(String question) {
    if (!interactive) {
      return Optional.empty();
    }
    endLive();
    people().print(question);
    people().flush();
    try {
      return Optional.ofNullable(in.readLine()).map(String::strip);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
