/// Source code as a component: a branch that deploys whatever is pushed to it goes back by a commit
/// that reverts, never by rewriting history; a checkout goes back to the commit of a tag. The work
/// is done in a clone of Lastgood's own, by the git command, which can revert merges.
@NullMarked
package dev.lastgood.provider.git;

import org.jspecify.annotations.NullMarked;
