package dev.lastgood.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// Options that every command about a system has.
public final class Globals {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The configuration (default: lastgood.yaml here or in a folder above).",
      scope = ScopeType.INHERIT)
  @Nullable Path config;

  @Option(
      names = {"-e", "--environment"},
      paramLabel = "NAME",
      description = "Which environment: lastgood.NAME.yaml beside the file is laid over it.",
      scope = ScopeType.INHERIT)
  @Nullable String environment;

  @Option(
      names = "--json",
      description = "One JSON document on standard output instead of text.",
      scope = ScopeType.INHERIT)
  boolean json;

  @Option(
      names = "--as",
      paramLabel = "NAME",
      description =
          "Who you are (default: LASTGOOD_USER, else your account). Your account is noted beside it.",
      scope = ScopeType.INHERIT)
  @Nullable String as;

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
