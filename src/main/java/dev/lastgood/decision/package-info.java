/// Decides. Input: facts and the policy of the system. Output: a verdict, a severity, a clock and
/// the reasons that led there, rule by rule. Pure: whatever it needs to know is gathered in `flow`.
@NullMarked
package dev.lastgood.decision;

import org.jspecify.annotations.NullMarked;
