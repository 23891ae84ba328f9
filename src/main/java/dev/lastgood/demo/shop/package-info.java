/// A small web shop: a frontend, a backend, and a front door that routes to both; three programs,
/// each its own process, run out of release directories. It stands for the reader's own system, so
/// it knows nothing of Lastgood and needs nothing but the JDK.
@NullMarked
package dev.lastgood.demo.shop;

import org.jspecify.annotations.NullMarked;
