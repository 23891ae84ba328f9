/// A Redis whose data is part of the trouble: a cache that holds what the bad release wrote. Its
/// releases are generations; going to a new one erases a scope that the configuration names, after
/// all of it was kept, and going back to a kept one puts its keys back: all at once for a database
/// or a server, key by key for a prefix, where what users wrote since counts (`salvage`).
@NullMarked
package dev.lastgood.provider.redis;

import org.jspecify.annotations.NullMarked;
