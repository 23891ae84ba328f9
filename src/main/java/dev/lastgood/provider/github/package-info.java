/// What a deploy workflow on GitHub Actions deployed, as a component: its releases are commits.
/// Going back runs the workflow for an older commit again, and disables it afterwards; or it brings
/// the content of that commit to the branch by a pull request.
@NullMarked
package dev.lastgood.provider.github;

import org.jspecify.annotations.NullMarked;
