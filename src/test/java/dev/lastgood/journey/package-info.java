/// Whole incidents, told through the command line on real local parts: processes, files, databases,
/// proxies. What goes wrong in them is really wrong: a disk is full, a port is taken, a process is
/// dead.
@org.jspecify.annotations.NullMarked
package dev.lastgood.journey;
