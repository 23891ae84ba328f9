package dev.lastgood.provider.flagd;

import dev.lastgood.model.Doc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `flagd`.
public record FlagdSettings(
    @Doc("JSON file of flag definitions that flagd watches.") Path path,
    @Doc("Key of the flag.") String flag,
    @Doc(
            "Variant that everybody gets when the flag is off; default: none, flagd treats it as not"
                + " there and the default of the code that asks counts.")
        Optional<String> offServes,
    @Doc(
            "Address of flagd's evaluation API (OFREP), e.g. http://127.0.0.1:8016, asked as proof that"
                + " it has read the file; default: the file is the proof.")
        Optional<String> evaluates,
    @Doc("Time for one request to flagd with its repetitions; default: 8s.")
        Optional<Duration> timeout) {}
