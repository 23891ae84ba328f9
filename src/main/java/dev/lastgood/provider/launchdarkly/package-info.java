/// A flag of LaunchDarkly in one environment as a component: its releases are `on` and `off`, and
/// what off serves is known.
@NullMarked
package dev.lastgood.provider.launchdarkly;

import org.jspecify.annotations.NullMarked;
