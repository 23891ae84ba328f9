/// A database on a PostgreSQL server. Its releases are snapshots and dumps, and databases that were
/// kept. A snapshot is restored beside the live database, verified there, and the two change names
/// in one transaction; what was live is kept. A release is written in the comment of its database,
/// so whoever looks at the server knows where a run that was killed had got to.
@NullMarked
package dev.lastgood.provider.postgres;

import org.jspecify.annotations.NullMarked;
