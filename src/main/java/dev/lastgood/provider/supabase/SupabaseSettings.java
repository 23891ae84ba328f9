package dev.lastgood.provider.supabase;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `supabase`.
public record SupabaseSettings(
    @Doc("Reference of the project: 20 small letters.") String project,
    @Doc("Access token, e.g. ${env:SUPABASE_ACCESS_TOKEN}.") Secret token,
    @Doc("How long a project may seem untouched after a restore was accepted; default: 3m.")
        Optional<Duration> grace,
    @Doc("Address of the API; default: https://api.supabase.com/v1.") Optional<String> baseUrl,
    @Doc("Time for one request with its repetitions; default: 8s.") Optional<Duration> timeout) {}
