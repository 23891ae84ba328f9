/// The platforms of vendors, played on loopback: servers that speak their protocols, keep state,
/// take their time and set their traps, so that a plan can be rehearsed and an adapter tested where
/// no account is. They know nothing of the adapters that are tried against them.
@NullMarked
package dev.lastgood.rehearsal;

import org.jspecify.annotations.NullMarked;
