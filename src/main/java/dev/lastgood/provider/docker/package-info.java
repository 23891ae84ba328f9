/// Docker through its own command line: services of Compose, services of a swarm, volumes. A
/// release is never a tag, which means another image tomorrow, but a digest; what runs is believed
/// by what the engine says of the containers, never by an exit code.
@NullMarked
package dev.lastgood.provider.docker;

import org.jspecify.annotations.NullMarked;
