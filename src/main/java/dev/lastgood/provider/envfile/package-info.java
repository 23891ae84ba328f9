/// A file of environment variables as a component: its releases are the contents it had. Switching
/// replaces the file and keeps its owner and mode; a target that lacks a required variable is none.
/// Names are shown, values never.
@NullMarked
package dev.lastgood.provider.envfile;

import org.jspecify.annotations.NullMarked;
