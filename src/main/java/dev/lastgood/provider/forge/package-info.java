/// Building blocks of the adapters whose code lives on a host of repositories: a pull request that
/// goes back, where a branch takes nothing else, and the deploy that a push sets off, followed to
/// its end. No adapter itself: it does not know what a release is. Another host is another case of
/// [ForgeSettings] and another [Forge].
@NullMarked
package dev.lastgood.provider.forge;

import org.jspecify.annotations.NullMarked;
