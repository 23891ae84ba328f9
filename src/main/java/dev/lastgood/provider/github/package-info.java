/// What a deploy workflow on GitHub Actions deployed, as a component: its releases are commits.
/// Going back runs the workflow for an older commit again; the workflow is disabled afterwards.
@NullMarked
package dev.lastgood.provider.github;

import org.jspecify.annotations.NullMarked;
