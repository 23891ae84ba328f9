/// The configuration of an nginx of this machine as a component: its releases are the contents its
/// file had. Switching replaces the file, tests it, reloads, and sees new workers take over; when
/// nginx says no, the old file is back byte for byte.
@NullMarked
package dev.lastgood.provider.nginx;

import org.jspecify.annotations.NullMarked;
