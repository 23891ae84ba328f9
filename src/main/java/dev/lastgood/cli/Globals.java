package dev.lastgood.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Options that every command about a system has.
public final class Globals {
  private @Nullable Path config;
  private @Nullable String environment;
  boolean json;
  private @Nullable String as;

  void join(Words words) {
    words.path(
        "-c,--config",
        "FILE",
        "The configuration (default: lastgood.yaml here or in a folder above).",
        v -> config = v);
    words.text(
        "-e,--environment",
        "NAME",
        "Which environment: lastgood.NAME.yaml beside the file is laid over it.",
        v -> environment = v);
    words.flag("--json", "One JSON document on standard output instead of text.", v -> json = v);
    words.text(
        "--as",
        "NAME",
        "Who you are (default: LASTGOOD_USER, else your account). Your account is noted beside it.",
        v -> as = v);
  }

  public Optional<Path> config() {
    return Optional.ofNullable(config);
  }

  public Optional<String> environment() {
    return Optional.ofNullable(environment);
  }

  public Optional<String> person() {
    return Optional.ofNullable(as);
  }
}
