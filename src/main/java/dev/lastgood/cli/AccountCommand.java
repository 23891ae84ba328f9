package dev.lastgood.cli;

import dev.lastgood.database.salvage.Account;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Salvaging;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

final class AccountCommand extends SystemCommand {
  private @Nullable String component;
  private @Nullable String to;
  private @Nullable String restored;
  private @Nullable String live;
  private final List<String> queries = new ArrayList<>();

  final SalvageFlags flags = new SalvageFlags();

  AccountCommand(Doors doors, Terminal terminal) {
    super(
        doors,
        terminal,
        "account",
        "What users wrote since a good state of a database, what of it fits, what would be lost.",
        "Of a component: the state is restored beside the live database and left there for a rollback.",
        "Or of two PostgreSQL databases, without a configuration: --restored and --live.",
        "The live one is only read. Whether rows fit is tried in the copy and taken back. Values of",
        "rows are masked. Exit 4 when rows would be left out.");
    words.maybeArgument("COMPONENT", "A database of the configuration.", v -> component = v);
    words.text(
        "--to",
        "RELEASE",
        "With a component: a snapshot or dump (default: the last known good one).",
        v -> to = v);
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
    boolean two = restored != null || live != null;
    if ((component != null) == two || (component == null && to != null)) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          "name a database of the configuration (with --to RELEASE), or two by --restored env:NAME"
              + " and --live env:NAME");
    }
    if (component != null) {
      return Optional.empty();
    }
    if (restored == null || live == null) {
      throw new Refusal(
          Refusal.Turn.INPUT,
          "Missing required option: " + (restored == null ? "--restored" : "--live") + "=env:NAME");
    }
    try {
      return Optional.of(
          shown(
              Salvaging.account(
                  open.secret(restored), open.secret(live), flags.policy(), queries)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(ExitCode.WAITING);
    }
  }

  @Override
  ExitCode work(Office office) throws Refusal, InterruptedException {
    return shown(
        office.account(
            String.valueOf(component), Optional.ofNullable(to), flags.policy(), queries));
  }

  private ExitCode shown(Account account) {
    if (globals.json) {
      terminal.document(account);
    } else {
      new SalvageText(terminal).show(account);
    }
    return account.rows().leftOutRows() == 0 ? ExitCode.DONE : ExitCode.REFUSED;
  }
}
