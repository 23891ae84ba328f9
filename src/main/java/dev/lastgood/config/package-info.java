/// Reads `lastgood.yaml` into typed records and reports every mistake at once, with its place.
@NullMarked
package dev.lastgood.config;

import org.jspecify.annotations.NullMarked;
