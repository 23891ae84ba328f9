package dev.lastgood.database.salvage;

/// Two databases that will be exchanged. What stays different between them is noted in the one that
/// becomes live, so that what users write there can be carried over the other way later.
///
/// @param next names the notes of this exchange
/// @param before names the notes of the exchange that is taken back: only what users wrote since
///   then is carried over. Empty: everything that differs
public record Exchange(String next, String before) {
  boolean back() {
    return !before.isEmpty();
  }
}
