/// Who hears what, when. Wording is data; facts fill it.
@NullMarked
package dev.lastgood.tell;

import org.jspecify.annotations.NullMarked;
