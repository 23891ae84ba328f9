/// A service under systemd. A release is a version of its files: the unit, its drop-ins, its
/// environment files. What runs is believed by the invocation of the service and not by an exit
/// code: `systemctl restart` ends with 0 for a service that dies a second later.
@NullMarked
package dev.lastgood.provider.systemd;

import org.jspecify.annotations.NullMarked;
