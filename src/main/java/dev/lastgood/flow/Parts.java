package dev.lastgood.flow;

import dev.lastgood.config.SystemConfig;
import dev.lastgood.evidence.Bundle;
import dev.lastgood.ledger.Book;
import dev.lastgood.model.Actor;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.Purge;
import dev.lastgood.run.Journal;
import dev.lastgood.tell.Tellers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.SortedMap;

/// What an office is made of. `Wiring` joins them.
///
/// @param state folder of this system's state on this machine
/// @param person who is at the desk
/// @param closing what must be closed when the office is
public record Parts(
    SystemConfig config,
    SortedMap<String, Platform> platforms,
    List<Purge> purges,
    Book book,
    Journal journal,
    Health health,
    Bundle bundle,
    Tellers tellers,
    Engine engine,
    Path state,
    InstantSource clock,
    Actor person,
    AutoCloseable closing) {}
