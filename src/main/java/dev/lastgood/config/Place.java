package dev.lastgood.config;

/// Where something stands.
///
/// @param line from 1; 0: in no particular line
/// @param column from 1
public record Place(String file, int line, int column) {
  ConfigException.Mistake mistake(String message) {
    return new ConfigException.Mistake(file, line, column, message);
  }
}
