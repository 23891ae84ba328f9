/// A flag of Unleash in one environment as a component: its releases are `on` and `off`.
@NullMarked
package dev.lastgood.provider.unleash;

import org.jspecify.annotations.NullMarked;
