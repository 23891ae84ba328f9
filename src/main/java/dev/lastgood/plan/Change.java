package dev.lastgood.plan;

import dev.lastgood.model.Release;

/// A component goes from one release to another.
public record Change(String component, Release from, Release to) {}
