package dev.lastgood.provider.heroku;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `heroku`.
public record HerokuSettings(
    @Doc("Name or id of the app.") String app,
    @Doc("API key or authorization, e.g. ${env:HEROKU_API_KEY}.") Secret token,
    @Doc("How many releases to look back; default: 50.") Optional<Integer> depth,
    @Doc("Address of the API; default: https://api.heroku.com.") Optional<String> baseUrl,
    @Doc("Time for one request with its repetitions; default: 8s.") Optional<Duration> timeout) {}
