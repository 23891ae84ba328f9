/// Who may say yes to a plan, until when, and what they saw. Pure.
@NullMarked
package dev.lastgood.approval;

import org.jspecify.annotations.NullMarked;
