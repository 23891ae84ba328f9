package dev.lastgood.cli;

import dev.lastgood.flow.Office;
import dev.lastgood.flow.Proposal;
import java.util.LinkedHashMap;

/// Shows a proposal.
final class Shown {
  private final Terminal terminal;
  private final boolean json;

  Shown(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  ExitCode proposal(Office office, Proposal proposal) {
    if (json) {
      var document = new LinkedHashMap<String, Object>();
      document.put("hash", proposal.hash());
      document.put("plan", proposal.plan());
      document.put("decision", proposal.trail());
      document.put("approvals", proposal.special());
      terminal.document(document);
    } else {
      terminal.line(office.table(proposal, terminal.width()));
    }
    return ExitCode.DONE;
  }
}
