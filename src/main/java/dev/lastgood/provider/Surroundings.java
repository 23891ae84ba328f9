package dev.lastgood.provider;

import java.nio.file.Path;
import java.time.InstantSource;

/// What an adapter is given besides its settings.
///
/// @param base folder of the configuration file; relative paths in settings start here
/// @param state folder for what the adapter must remember (pid files, logs); exists, private to the
///   system
public record Surroundings(Path base, Path state, InstantSource clock) {}
