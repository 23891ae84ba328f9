/// Measures what is really live and healthy, before, after and while watching, and keeps what was
/// seen.
@NullMarked
package dev.lastgood.evidence;

import org.jspecify.annotations.NullMarked;
