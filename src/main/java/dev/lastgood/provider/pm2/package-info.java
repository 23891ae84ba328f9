/// Apps under PM2. A release is a folder with its ecosystem file; only the named apps are touched,
/// never `all`, and what runs is believed by the path of the code that runs, not by the word
/// "online".
@NullMarked
package dev.lastgood.provider.pm2;

import org.jspecify.annotations.NullMarked;
