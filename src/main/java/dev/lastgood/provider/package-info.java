/// What the stages ask of the outside: the SPI of platforms and its three honest answers. An
/// adapter is a folder below this one; it sees `provider` and `model` and no other adapter.
@NullMarked
package dev.lastgood.provider;

import org.jspecify.annotations.NullMarked;
