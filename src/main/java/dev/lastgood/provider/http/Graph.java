package dev.lastgood.provider.http;

import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.PlatformUnreachable;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// GraphQL over HTTP: everything is a POST, and "no" comes with status 200.
public final class Graph {
  private final Api api;
  private final String path;

  public Graph(Api api, String path) {
    this.api = api;
    this.path = path;
  }

  /// An answer, and what it says of time.
  ///
  /// @param date the other side's clock, as it stands in the answer's head
  public record Seen(JsonNode data, Optional<String> date) {}

  /// A question; asked again if need be.
  ///
  /// @throws PlatformUnreachable if there is no answer, or it is an error
  public Seen query(String operation, String query, Map<String, ?> variables)
      throws PlatformUnreachable {
    Reply reply = api.read(ask(operation, query, variables));
    JsonNode body = api.json(reply);
    Optional<String> error = error(body);
    if (error.isPresent()) {
      throw new PlatformUnreachable(says(reply, error.get()) + advice(error.get()));
    }
    if (!body.path("data").isObject()) {
      throw api.strange("there is no `data` in it");
    }
    return new Seen(body.path("data"), ((Reply.Answered) reply).header().apply("Date"));
  }

  /// The answer's own words may have the error in them already.
  private static String says(Reply reply, String error) {
    String quoted = "\"" + error + "\"";
    return reply.says().endsWith(quoted) ? reply.says() : reply.says() + ": " + quoted;
  }

  /// What came of a mutation.
  public sealed interface Made {
    record Yes(JsonNode data) implements Made {}

    record No(Outcome outcome, String error) implements Made {}
  }

  /// A change; sent once.
  public Made mutate(String operation, String query, Map<String, ?> variables) {
    Reply reply = api.change(ask(operation, query, variables));
    if (!(reply instanceof Reply.Answered answer) || !answer.ok()) {
      return new Made.No(Api.failure(reply), "");
    }
    if (answer.body().isEmpty()) {
      return new Made.No(new Outcome.Unknown(answer.says() + ": it is no JSON"), "");
    }
    JsonNode body = answer.body().get();
    Optional<String> error = error(body);
    if (error.isEmpty()) {
      return body.path("data").isObject()
          ? new Made.Yes(body.path("data"))
          : new Made.No(new Outcome.Unknown(answer.says() + ": neither data nor errors in it"), "");
    }
    String says = says(answer, error.get()) + advice(error.get());
    return new Made.No(
        itsOwnTrouble(body, error.get())
            ? new Outcome.Unknown(says + "; it may have been done")
            : new Outcome.Refused(says),
        error.get());
  }

  /// Everything else is said before anything is done: no permission, no such thing, not allowed.
  private static boolean itsOwnTrouble(JsonNode body, String error) {
    String code = body.path("errors").path(0).path("extensions").path("code").asString("");
    String small = error.toLowerCase(Locale.ROOT);
    return code.equals("INTERNAL_SERVER_ERROR")
        || small.contains("problem processing")
        || small.contains("internal")
        || small.contains("timeout")
        || small.contains("timed out");
  }

  private Optional<String> error(JsonNode body) {
    JsonNode errors = body.path("errors");
    return errors.isArray() && !errors.isEmpty()
        ? Optional.of(api.shown(errors.path(0).path("message").asString("an error without words")))
        : Optional.empty();
  }

  /// Who may not ask is told so with status 200.
  private String advice(String error) {
    String small = error.toLowerCase(Locale.ROOT);
    return small.contains("not authorized") || small.contains("token not found")
        ? "; see that the token "
            + api.token()
            + " is valid, of the configured kind, and may do this"
        : "";
  }

  private Ask ask(String operation, String query, Map<String, ?> variables) {
    return Ask.send(
        "POST", path, Map.of("operationName", operation, "query", query, "variables", variables));
  }
}
