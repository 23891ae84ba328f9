package dev.lastgood.cli;

import dev.lastgood.database.salvage.Account;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Salvaging;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

final class AccountCommand extends SystemCommand {
  private String restored = "";
  private String live = "";
  private final List<String> queries = new ArrayList<>();

  final SalvageFlags flags = new SalvageFlags();

  AccountCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "account",
        "What users wrote since a restored good state, what of it fits, what would be lost.",
        "Two PostgreSQL databases: a restored copy of the good state, and the live one, which is only",
        "read. Whether rows fit is tried in the copy and taken back. Values of rows are masked.",
        "Exit 4 when rows would be left out.");
    words.neededText(
        "--restored",
        "env:NAME",
        "The environment variable with the URL of the restored good state.",
        v -> restored = v);
    words.neededText(
        "--live",
        "env:NAME",
        "The environment variable with the URL of the live database.",
        v -> live = v);
    words.texts(
        "--query",
        "SQL",
        "A query with one row as its answer, put to both sides. Repeatable.",
        queries);
    flags.join(words);
  }

  /// Two databases are enough: no configuration is needed.
  @Override
  Optional<ExitCode> withoutOffice(Doors open) throws Refusal {
    try {
      Account account =
          Salvaging.account(open.secret(restored), open.secret(live), flags.policy(), queries);
      if (globals.json) {
        terminal.line(Json.write(account));
      } else {
        new SalvageText(terminal).show(account);
      }
      return Optional.of(account.rows().leftOutRows() == 0 ? ExitCode.DONE : ExitCode.REFUSED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(ExitCode.WAITING);
    }
  }

  @Override
  ExitCode work(Office office) {
    throw new IllegalStateException("answered without an office");
  }
}
