/// Building blocks that adapters of this machine share: commands with a time-out, files replaced
/// whole, processes that outlive Lastgood, and what moves the traffic between them. No adapter
/// itself: it knows no component and decides nothing.
@NullMarked
package dev.lastgood.provider.local;

import org.jspecify.annotations.NullMarked;
