package dev.lastgood.cli;

import dev.lastgood.database.salvage.Reapply;
import dev.lastgood.database.salvage.Round;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Salvaging;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class SalvageCommand extends SystemCommand {
  /// Name of the first column of every file of rows that were left out.
  private static final String FIRST = "lastgood_table";

  private String verb = "";
  private Path path = Path.of("");

  private @Nullable String restored;
  private @Nullable String live;
  private @Nullable String to;

  final SalvageFlags flags = new SalvageFlags();

  SalvageCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "salvage",
        "Carry over what users wrote since a good state, and later what was left out.",
        "salvage carry FOLDER --restored env:NAME --live env:NAME: one round from the live database,",
        "  which is only read, into the restored one. What does not fit goes into FOLDER, which must",
        "  not exist yet.",
        "salvage apply FILE --to env:NAME: rows of one .csv of such a folder that fit by now.",
        "Both are one transaction each and can be repeated. Exit 4 when rows are left out.");
    words.argument("carry|apply", "What to do.", v -> verb = v);
    words.pathArgument("PATH", "The folder, or the file.", v -> path = v);
    words.text(
        "--restored",
        "env:NAME",
        "The environment variable with the URL of the restored good state.",
        v -> restored = v);
    words.text(
        "--live",
        "env:NAME",
        "The environment variable with the URL of the live database.",
        v -> live = v);
    words.text(
        "--to",
        "env:NAME",
        "The environment variable with the URL of the database to apply a file to.",
        v -> to = v);
    flags.join(words);
  }

  @Override
  Optional<ExitCode> withoutOffice(Doors open) throws Refusal {
    try {
      return Optional.of(
          switch (verb) {
            case "carry" -> carry(open);
            case "apply" -> apply(open);
            default ->
                throw new Refusal(
                    Refusal.Turn.INPUT,
                    "\"" + verb + "\" is nothing salvage can do; known are carry and apply");
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(ExitCode.WAITING);
    }
  }

  private ExitCode carry(Doors open) throws Refusal, InterruptedException {
    if (restored == null || live == null) {
      throw new Refusal(Refusal.Turn.INPUT, "salvage carry needs --restored and --live");
    }
    Round round =
        Salvaging.carry(
            open.secret(restored), open.secret(live), flags.policy(), Optional.empty(), path);
    if (globals.json) {
      terminal.document(round);
    } else {
      new SalvageText(terminal).show(round);
    }
    return round.leftOutRows() == 0 ? ExitCode.DONE : ExitCode.REFUSED;
  }

  private ExitCode apply(Doors open) throws Refusal {
    if (to == null) {
      throw new Refusal(Refusal.Turn.INPUT, "salvage apply needs --to");
    }
    written(path);
    Reapply.Result result = Salvaging.apply(open.secret(to), path);
    if (globals.json) {
      terminal.document(result);
    } else {
      terminal.line(
          result.applied() + " rows applied, " + result.already() + " were there already");
      result
          .refused()
          .forEach((why, rows) -> terminal.line("  " + rows + " left in the file: " + why));
    }
    return result.refusedRows() == 0 ? ExitCode.DONE : ExitCode.REFUSED;
  }

  /// @throws Refusal when the file is not there, or is none that a salvage or a rollback wrote
  private static void written(Path file) throws Refusal {
    String which =
        "; nothing was changed. Name one of the .csv that a salvage or a rollback wrote into its"
            + " folder of what was left out";
    try (InputStream in = Files.newInputStream(file)) {
      String head = new String(in.readNBytes(64), StandardCharsets.UTF_8);
      if (!head.startsWith(FIRST) && !head.startsWith('"' + FIRST)) {
        throw new Refusal(
            Refusal.Turn.INPUT, file + " holds no rows that Lastgood left out" + which);
      }
    } catch (NoSuchFileException e) {
      throw new Refusal(Refusal.Turn.INPUT, file + ": there is no such file" + which);
    } catch (IOException e) {
      throw new Refusal(
          Refusal.Turn.INPUT, file + " cannot be read (" + e.getMessage() + ")" + which);
    }
  }

  @Override
  ExitCode work(Office office) {
    throw new IllegalStateException("answered without an office");
  }
}
