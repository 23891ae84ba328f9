/// `platform: release-directory`: releases are folders side by side, a link named `current` says
/// which one is live, and optionally a service runs out of it, behind a proxy. Switching is one
/// rename, whatever the size of the release; nothing is ever copied over a live tree.
@NullMarked
package dev.lastgood.provider.release;

import org.jspecify.annotations.NullMarked;
