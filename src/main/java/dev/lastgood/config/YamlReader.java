package dev.lastgood.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// Reads one file. A file that is not YAML at all is one mistake, since nothing after it can be
/// trusted.
final class YamlReader {
  static final int MAX_BYTES = 1 << 20;

  private final String file;
  private final Mistakes mistakes;

  YamlReader(Path file, Mistakes mistakes) {
    this.file = file.toString();
    this.mistakes = mistakes;
  }

  /// Empty when it cannot be read; the mistake says why.
  Optional<Yaml> read(Path path) {
    return bytes(path).flatMap(this::text).flatMap(this::tree);
  }

  private Optional<byte[]> bytes(Path path) {
    if (!Files.exists(path)) {
      return no("there is no such file; `lastgood init` proposes one");
    }
    if (Files.isDirectory(path)) {
      return no("this is a folder; name the file in it");
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      return bytes.length <= MAX_BYTES
          ? Optional.of(bytes)
          : no("larger than 1 MiB; a configuration is a few kB");
    } catch (IOException unreadable) {
      return no("cannot be read: " + unreadable.getMessage());
    }
  }

  private Optional<String> text(byte[] bytes) {
    CharsetDecoder utf8 =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      String text = utf8.decode(in).toString();
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException notUtf8) {
      // the decoder stops in front of the byte it could not read
      String before = new String(bytes, 0, in.position(), StandardCharsets.UTF_8);
      int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
      int column = before.length() - before.lastIndexOf('\n');
      mistakes.add(new Place(file, line, column), "not UTF-8; save the file as UTF-8");
      return Optional.empty();
    }
  }

  private Optional<Yaml> tree(String text) {
    // what is allowed here is refused later, in words and at its place
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setAllowNonScalarKeys(true)
            .setMaxAliasesForCollections(Integer.MAX_VALUE)
            .build();
    try {
      var parser = new ParserImpl(settings, new StreamReader(settings, text));
      Optional<Node> root = new Composer(settings, new ShallowParser(parser)).getSingleNode();
      if (root.isEmpty()) {
        return no("the file is empty; it needs at least `system:` and `components:`");
      }
      return new YamlTree(file, List.of(text.split("\\R", -1)), mistakes).convert(root.get());
    } catch (MarkedYamlEngineException broken) {
      mistakes.add(place(broken), "not YAML: " + problem(broken));
    } catch (ReaderException character) {
      no(
          "not YAML: it holds a character that is not allowed, U+%04X"
              .formatted(character.getCodePoint()));
    } catch (YamlEngineException broken) {
      no("not YAML: " + broken.getMessage());
    }
    return Optional.empty();
  }

  private Place place(MarkedYamlEngineException broken) {
    return broken
        .getProblemMark()
        .map(mark -> new Place(file, mark.getLine() + 1, mark.getColumn() + 1))
        .orElse(new Place(file, 0, 0));
  }

  private static String problem(MarkedYamlEngineException broken) {
    String problem = String.valueOf(broken.getProblem());
    if (problem.contains("\\t(TAB)") || problem.contains("tab")) {
      return "there is a tab; YAML is indented with spaces";
    }
    if (problem.contains("but found another document")) {
      return "a second document begins here; the file is one";
    }
    String context = broken.getContext();
    return context == null || context.isBlank() ? problem : problem + " " + context;
  }

  private <T> Optional<T> no(String why) {
    mistakes.add(new Place(file, 0, 0), why);
    return Optional.empty();
  }
}
