/// Conditions: CEL expressions, type-checked when the configuration is loaded, evaluated on facts.
/// Pure; a value that is missing is an answer of its own, never false.
@NullMarked
package dev.lastgood.condition;

import org.jspecify.annotations.NullMarked;
