package dev.lastgood.config;

import dev.lastgood.condition.Condition;
import dev.lastgood.evidence.Check.Moment;
import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A check as it is written. Its first key tells what is measured.
@Doc("One thing that is measured.")
@Written(byKey = true)
sealed interface CheckForm {
  Optional<String> component();

  Set<Moment> when();

  Optional<Duration> timeout();

  @Doc("Asks a URL.")
  record HttpForm(
      @Doc("The URL that is asked.") String get,
      @Doc("The component whose health it tells; default: the system as a whole.")
          Optional<String> component,
      @Doc("Statuses that are healthy; default: 200, or any if `expect` reads the status.")
          Set<Integer> status,
      @Doc("A condition over status, body (parsed JSON), text, headers and millis.")
          @Written(overHttp = true)
          Optional<Condition> expect,
      @Doc("An exact word at a place of the JSON body.") Optional<WordForm> word,
      @Doc("Where the answer says its version, which must be the target's.")
          Optional<VersionForm> version,
      @Doc("How fast it must be.") Optional<LatencyForm> latency,
      @Doc("Headers that are sent. Secrets are references.") @Written(mayBePlain = true)
          Map<String, Secret> headers,
      @Doc("How long one measurement may take; default: 3s.") Optional<Duration> timeout,
      @Doc("Moments in which it is used; default: before, after and watch.") Set<Moment> when)
      implements CheckForm {}

  @Doc("Looks whether something accepts connections.")
  record TcpForm(
      @Doc("Host and port, e.g. 127.0.0.1:5432.") String tcp,
      @Doc("The component whose health it tells; default: the system as a whole.")
          Optional<String> component,
      @Doc("How long one measurement may take; default: 3s.") Optional<Duration> timeout,
      @Doc("Moments in which it is used; default: before, after and watch.") Set<Moment> when)
      implements CheckForm {}

  @Doc("Runs a command; exit 0 is healthy.")
  record CommandForm(
      @Doc("The command, as a list of words; no shell reads it.") @Written(notEmpty = true)
          List<String> run,
      @Doc("The component whose health it tells; default: the system as a whole.")
          Optional<String> component,
      @Doc("Exits that mean unhealthy; any other but 0 is inconclusive; default: 1.")
          Set<Integer> unhealthyExits,
      @Doc("How long one measurement may take; default: 3s.") Optional<Duration> timeout,
      @Doc("Moments in which it is used; default: before, after and watch.") Set<Moment> when)
      implements CheckForm {}

  @Doc("A word at a place of the JSON body, compared whole: unhealthy is not healthy.")
  record WordForm(
      @Doc("Dotted path in the JSON body, e.g. database.state.") String at,
      @Doc("Words that are healthy.") @Written(notEmpty = true) Set<String> healthy,
      @Doc("Words that are unhealthy; a word in neither list is inconclusive.")
          Set<String> unhealthy) {}

  @Doc("Where the answer says its version.")
  @Written(shorthand = "at")
  record VersionForm(@Doc("Dotted path in the JSON body, or header:NAME.") String at) {}

  @Doc("How fast it must be.")
  record LatencyForm(
      @Doc("95 of 100 requests must take at most this long.") Duration p95,
      @Doc("How many requests are made to find out; default: 20.") Optional<Integer> requests) {}
}
