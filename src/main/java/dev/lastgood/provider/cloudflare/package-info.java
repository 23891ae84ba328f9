/// Copies that Cloudflare keeps of a component's answers, thrown away after a switch.
@NullMarked
package dev.lastgood.provider.cloudflare;

import org.jspecify.annotations.NullMarked;
