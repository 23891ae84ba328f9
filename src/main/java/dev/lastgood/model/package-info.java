/// Nouns that everyone shares: releases, constellations, measurements. No verbs, no I/O; knows
/// nobody.
@NullMarked
package dev.lastgood.model;

import org.jspecify.annotations.NullMarked;
