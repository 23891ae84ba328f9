package dev.lastgood.provider.mongodb;

import dev.lastgood.database.salvage.Policy.Ambiguous;
import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.util.Optional;

/// Settings of the platform `mongodb`.
public record MongodbSettings(
    @Doc("Where the database is: mongodb://user:password@host:port/database.") Secret url,
    @Doc("Folder of the snapshots Lastgood takes; default: its own state.")
        Optional<Path> snapshots,
    @Doc("Number of snapshots to keep; default: all.") Optional<Integer> keep,
    @Doc("Whether documents written since the snapshot are carried over into it; default: yes.")
        Optional<Boolean> carryOver,
    @Doc(
            "Whose state counts for documents that users and a migration may both have changed; default: ask.")
        Optional<Ambiguous> ambiguous,
    @Doc("Collections that mongodump and mongorestore handle at once; default: 2.")
        Optional<Integer> jobs,
    @Doc("Folder of mongodump and mongorestore; default: the PATH.") Optional<Path> programs) {}
