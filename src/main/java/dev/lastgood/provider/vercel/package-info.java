/// A project on Vercel as a component: its releases are the production deployments that were served
/// once. The production domains are moved by a rollback, which also stops later pushes from being
/// served, or by a promotion, which does not.
@NullMarked
package dev.lastgood.provider.vercel;

import org.jspecify.annotations.NullMarked;
