package dev.lastgood.provider.redis;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `redis`.
public record RedisSettings(
    @Doc("Host of the primary; default 127.0.0.1.") Optional<String> host,
    @Doc("Port; default 6379.") Optional<Integer> port,
    @Doc("Whether the connection is encrypted (TLS); default no.") Optional<Boolean> tls,
    @Doc("User, where the server has several.") Optional<String> user,
    @Doc("Password, as a reference.") Optional<Secret> password,
    @Doc("What belongs to the component: a prefix, a database or the server.") RedisScope scope,
    @Doc("Whose state counts for keys of a prefix that were written since what is gone back to.")
        Optional<RedisSalvage> salvage,
    @Doc("Folder of what is kept; default: Lastgood's own state.") Optional<Path> kept,
    @Doc("Largest copy that is kept, in MiB; default 1024. A larger one refuses to erase.")
        Optional<Integer> keepMebibytes,
    @Doc("Number of copies to keep; default: all.") Optional<Integer> keep,
    @Doc("Whether the whole server's RDB is kept as well; default yes.") Optional<Boolean> rdb,
    @Doc("Time-out of one answer; default 10s.") Optional<Duration> timeout) {}
