package dev.lastgood.provider;

/// Copies of a component's answers that somebody else keeps and hands out: a CDN. After a switch
/// they are thrown away. Nobody can look whether that is so, therefore what counts is that every
/// request was answered; and since throwing away twice does no harm, it is asked again after any
/// doubt.
public interface Purge {
  String VERB = "purge";

  /// What is thrown away, as data: for the plan.
  Act act();

  /// Throws it away.
  ///
  /// @param act of a plan, made by [#act()] some time ago
  /// @return `Done` only when every request was answered with a yes, with how many there were
  Outcome purge(Act act);
}
