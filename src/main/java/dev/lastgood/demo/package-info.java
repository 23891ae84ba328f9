/// The main job, shown on a small real shop: `lastgood demo`. Builds the shop's release
/// directories, deploys like a team would, sends real traffic, breaks it with a bad release, and
/// lets the real commands of Lastgood put it right. Nothing of Lastgood knows this package.
@NullMarked
package dev.lastgood.demo;

import org.jspecify.annotations.NullMarked;
