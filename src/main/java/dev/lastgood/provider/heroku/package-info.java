/// An app on Heroku as a component: its releases are what Heroku calls releases, a slug together
/// with its config vars. Going back makes a new release that is a copy of the old one.
@NullMarked
package dev.lastgood.provider.heroku;

import org.jspecify.annotations.NullMarked;
