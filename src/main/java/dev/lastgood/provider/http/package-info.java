/// Building blocks of the adapters behind HTTP APIs: one bounded client with one set of manners.
/// What changes something is sent once; what only reads may be asked again. No adapter itself: it
/// knows no vendor and decides nothing.
@NullMarked
package dev.lastgood.provider.http;

import org.jspecify.annotations.NullMarked;
