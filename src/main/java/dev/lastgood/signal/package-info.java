/// Detects: turns measurements, or a word from a person, into a `Signal`.
@NullMarked
package dev.lastgood.signal;

import org.jspecify.annotations.NullMarked;
