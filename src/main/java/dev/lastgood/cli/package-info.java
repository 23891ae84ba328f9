/// Commands, terminal output and exit codes. Sees `flow` and what it returns.
@NullMarked
package dev.lastgood.cli;

import org.jspecify.annotations.NullMarked;
