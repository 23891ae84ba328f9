/// A service on Railway as a component: its releases are deployments. Going back makes a new
/// deployment of an old one's image, or builds the old commit again; pushes are kept from deploying
/// meanwhile.
@NullMarked
package dev.lastgood.provider.railway;

import org.jspecify.annotations.NullMarked;
