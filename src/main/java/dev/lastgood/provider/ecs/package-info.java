/// A service on Amazon ECS as a component: its releases are the task definition revisions of
/// deployments that completed. The SDK is loaded by the first question, not before.
@NullMarked
package dev.lastgood.provider.ecs;

import org.jspecify.annotations.NullMarked;
