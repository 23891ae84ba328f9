/// Carries out a plan, journalling each intent and outcome: the pure machine that says what comes
/// next and the thin driver that does it.
@NullMarked
package dev.lastgood.run;

import org.jspecify.annotations.NullMarked;
