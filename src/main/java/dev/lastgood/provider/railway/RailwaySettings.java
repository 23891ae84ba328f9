package dev.lastgood.provider.railway;

import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.time.Duration;
import java.util.Optional;

/// Settings of the platform `railway`.
public record RailwaySettings(
    @Doc("Id of the project.") String project,
    @Doc("Id of the environment.") String environment,
    @Doc("Id of the service.") String service,
    @Doc("Token, e.g. ${env:RAILWAY_TOKEN}.") Secret token,
    @Doc("account (of a person or a workspace; the default) or project.")
        Optional<TokenKind> tokenKind,
    @Doc("Whether pushes are kept from deploying after a rollback; default: true.")
        Optional<Boolean> hold,
    @Doc("How long a deployment must stay successful before it counts; default: 10s.")
        Optional<Duration> settle,
    @Doc("Requests per hour that the plan allows: 100, 1000 or 10000; default: 1000.")
        Optional<Integer> requestsPerHour,
    @Doc("Variable that keeps users away while it is set.")
        Optional<MaintenanceVariable> maintenance,
    @Doc("Address of the API; default: https://backboard.railway.com/graphql/v2.")
        Optional<String> baseUrl,
    @Doc("Time for one request with its repetitions; default: 8s.") Optional<Duration> timeout) {

  /// A variable that the service reads when it starts.
  public record MaintenanceVariable(
      @Doc("Its name, e.g. MAINTENANCE_MODE.") String variable,
      @Doc("Value that keeps users away; default: true.") Optional<String> on,
      @Doc("Value that lets them in; default: false.") Optional<String> off) {}

  /// Which header carries the token.
  public enum TokenKind {
    ACCOUNT,
    PROJECT
  }
}
