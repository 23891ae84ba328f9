/// Lastgood: takes a system broken in production back to the last state that was proven good.
/// `Main` takes the arguments in, `Wiring` joins the objects; start there.
@NullMarked
package dev.lastgood;

import org.jspecify.annotations.NullMarked;
