package dev.lastgood.cli;

import dev.lastgood.config.ConfigException;
import dev.lastgood.config.SystemConfig;
import dev.lastgood.flow.Office;
import dev.lastgood.flow.Refusal;
import dev.lastgood.flow.Rehearsing;
import dev.lastgood.model.Secret;
import java.util.List;
import java.util.Optional;

/// Opens the office of the system a command is about. `Wiring` implements it.
public interface Doors {
  /// @throws ConfigException when the configuration cannot be used
  /// @throws Refusal when there is none, or its state cannot be opened
  Office open(Globals globals) throws ConfigException, Refusal;

  /// The configuration alone; nothing is contacted or opened.
  ///
  /// @throws ConfigException when it cannot be used
  /// @throws Refusal when there is none
  SystemConfig config(Globals globals) throws ConfigException, Refusal;

  /// Puts the configured system on a stage of its own.
  ///
  /// @param components empty: all of them
  /// @param fault what the played platforms do wrong, by its word
  /// @throws ConfigException when the configuration cannot be used
  /// @throws Refusal when there is none, or a word is unknown
  Rehearsing rehearse(Globals globals, List<String> components, Optional<String> fault)
      throws ConfigException, Refusal;

  /// What the environment did to a command, in words: the disk is full, the database is away, an
  /// entry cannot be read.
  ///
  /// @return empty: it is a defect of ours
  Optional<Refusal> explained(RuntimeException trouble);

  /// What a person names on the command line: `env:NAME` or `${env:NAME}`.
  ///
  /// @throws Refusal when it is no reference, or leads nowhere; the text itself is not repeated
  Secret secret(String reference) throws Refusal;
}
