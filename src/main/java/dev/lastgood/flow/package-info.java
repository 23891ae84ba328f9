/// Takes one incident through the stages; the only package that knows their order.
@NullMarked
package dev.lastgood.flow;

import org.jspecify.annotations.NullMarked;
