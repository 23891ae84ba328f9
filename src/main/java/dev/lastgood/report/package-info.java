/// Journal and evidence in; timeline, post-mortem and paper runbook out. Markdown and JSON.
@NullMarked
package dev.lastgood.report;

import org.jspecify.annotations.NullMarked;
