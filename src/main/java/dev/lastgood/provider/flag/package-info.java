/// Building block of the adapters for feature flags: what every flag has in common, wherever it is
/// kept. A flag as a component has states as its releases; going back is turning it, without a
/// deploy. No adapter itself: it knows no vendor.
@NullMarked
package dev.lastgood.provider.flag;

import org.jspecify.annotations.NullMarked;
