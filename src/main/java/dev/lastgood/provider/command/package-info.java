/// Anything else as a component: a team's own scripts list the releases, say what is live and make
/// one live. They are words, never a shell string, and their exits are believed only as far as
/// `observe` agrees.
@NullMarked
package dev.lastgood.provider.command;

import org.jspecify.annotations.NullMarked;
