package dev.lastgood.provider.git;

import dev.lastgood.model.Doc;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `git`.
public record GitSettings(
    @Doc("Whether a branch deploys (kind: branch) or a working tree runs (kind: checkout).")
        GitWay way,
    @Doc("Time-out of one git command that talks to the repository; default 60s.")
        Optional<Duration> timeout,
    @Doc("How long a deploy takes that a push starts; default 1m.") Optional<Duration> expected) {}
