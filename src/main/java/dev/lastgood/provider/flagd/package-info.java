/// A flag in the JSON file of flagd, the OpenFeature daemon, as a component. OpenFeature has no way
/// to write: turning a flag is editing the file, here without touching anything else in it.
@NullMarked
package dev.lastgood.provider.flagd;

import org.jspecify.annotations.NullMarked;
