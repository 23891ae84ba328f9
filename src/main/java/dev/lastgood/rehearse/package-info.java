/// Puts a configuration on a stage: the same components, settings and plan, with vendors' APIs
/// played on loopback and files that were made up, in a state of its own that is thrown away. One
/// line in [dev.lastgood.rehearse.Stages] for each platform that can be played. Nothing of the real
/// system is changed or locked; it is at most asked for its releases.
@NullMarked
package dev.lastgood.rehearse;

import org.jspecify.annotations.NullMarked;
