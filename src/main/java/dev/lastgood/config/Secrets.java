package dev.lastgood.config;

import dev.lastgood.config.SystemConfig.SecretUse;
import dev.lastgood.config.Yaml.Scalar;
import dev.lastgood.model.Names;
import dev.lastgood.model.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Turns `${env:NAME}` and `${file:path}` into secrets. They are looked up when they are used, so
/// that a file can be checked where its secrets are not.
final class Secrets {
  private static final int MAX_BYTES = 64 << 10;
  private static final List<String> SOURCES = List.of("env", "file");

  private final Path base;
  private final Function<String, @Nullable String> environmentVariable;
  private final Mistakes mistakes;
  private final List<SecretUse> uses = new ArrayList<>();

  /// @param base where relative paths of `${file:…}` start
  Secrets(Path base, Function<String, @Nullable String> environmentVariable, Mistakes mistakes) {
    this.base = base;
    this.environmentVariable = environmentVariable;
    this.mistakes = mistakes;
  }

  List<SecretUse> uses() {
    return uses;
  }

  static boolean hasReference(String text) {
    return text.contains("${");
  }

  /// Whether plain text holds what looks like a reference, and would be taken literally.
  static boolean looksLikeReference(String text) {
    return text.contains("${env:") || text.contains("${file:");
  }

  /// @param mayBePlain whether a text without a reference is accepted
  /// @param path of its key
  Optional<Secret> read(Scalar scalar, boolean mayBePlain, String path) {
    String text = scalar.text();
    if (!hasReference(text)) {
      if (!text.isEmpty() && !mayBePlain) {
        // never the text itself: it may be the secret
        mistakes.add(
            scalar.place(),
            "a secret must not stand in the file; write a reference such as `${env:NAME}` or"
                + " `${file:path}`");
        return Optional.empty();
      }
      return Optional.of(new Secret(text, () -> text));
    }
    return parts(scalar)
        .map(parts -> {
          var secret =
              new Secret(
                  text, () -> parts.stream().map(Supplier::get).collect(Collectors.joining()));
          uses.add(new SecretUse(path, scalar.place(), secret));
          return secret;
        });
  }

  private Optional<List<Supplier<String>>> parts(Scalar scalar) {
    String text = scalar.text();
    var parts = new ArrayList<Supplier<String>>();
    int at = 0;
    for (int open = text.indexOf("${"); open >= 0; open = text.indexOf("${", at)) {
      int close = text.indexOf('}', open);
      if (close < 0) {
        mistakes.add(scalar.at(open), "`${` without its `}`");
        return Optional.empty();
      }
      String before = text.substring(at, open);
      Optional<Supplier<String>> reference =
          reference(text.substring(open + 2, close), scalar.at(open));
      if (reference.isEmpty()) {
        return Optional.empty();
      }
      parts.add(() -> before);
      parts.add(reference.get());
      at = close + 1;
    }
    String rest = text.substring(at);
    parts.add(() -> rest);
    return Optional.of(parts);
  }

  private Optional<Supplier<String>> reference(String inside, Place place) {
    int colon = inside.indexOf(':');
    String source = colon < 0 ? inside : inside.substring(0, colon);
    String name = colon < 0 ? "" : inside.substring(colon + 1);
    if (!SOURCES.contains(source) || name.isBlank()) {
      mistakes.add(
          place,
          "`${"
              + source
              + (colon < 0 ? "" : ":…")
              + "}` is no reference; it is `${env:NAME}` or `${file:path}`"
              + (SOURCES.contains(source) ? "" : Names.hint(source, SOURCES)));
      return Optional.empty();
    }
    return Optional.of(source.equals("env") ? () -> variable(name) : () -> file(name));
  }

  private String variable(String name) {
    String value = environmentVariable.apply(name);
    if (value == null || value.isEmpty()) {
      throw new SecretMissing(
          "${env:" + name + "}: the environment variable " + name + " is not set");
    }
    return value;
  }

  private String file(String name) {
    Path file = base.resolve(name);
    String reference = "${file:" + name + "}: ";
    if (!Files.isRegularFile(file)) {
      throw new SecretMissing(reference + "there is no file " + file);
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new SecretMissing(reference + file + " is larger than 64 KiB");
      }
      // editors and `echo` end a file with a line break that is no part of the secret
      return new String(bytes, StandardCharsets.UTF_8).replaceFirst("[\r\n]+$", "");
    } catch (IOException unreadable) {
      throw new SecretMissing(reference + file + " cannot be read: " + unreadable.getMessage());
    }
  }
}
