package dev.lastgood.demo;

import java.nio.file.Path;
import java.util.Optional;

/// How the demo is wanted.
///
/// @param yes does not ask before the rollback
/// @param crash kills Lastgood in the middle of the switch, and resumes
/// @param keep leaves the shop running when the story is over
/// @param canAsk a person is at the terminal
/// @param folder where the shop is built, made if it is not there; empty: a new one among the
///   temporary files
public record DemoOptions(
    boolean yes, boolean crash, boolean keep, boolean canAsk, Optional<Path> folder) {}
