/// The database of a hosted Supabase project as a component: it goes back in place, to a daily
/// backup or to a second. Nothing the API tells says what was restored, so that is remembered here.
@NullMarked
package dev.lastgood.provider.supabase;

import org.jspecify.annotations.NullMarked;
