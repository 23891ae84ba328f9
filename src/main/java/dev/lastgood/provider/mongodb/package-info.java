/// A database on a MongoDB server, its own or Atlas'. Its releases are snapshots (what `mongodump`
/// wrote) and sets of collections that were kept. A snapshot is restored beside the live
/// collections, under names of its own in the same database, verified there, and the two change
/// names collection by collection; what was live is kept. How far a run has got stands in the
/// database itself, in the collection `lastgood_state`.
@NullMarked
package dev.lastgood.provider.mongodb;

import org.jspecify.annotations.NullMarked;
