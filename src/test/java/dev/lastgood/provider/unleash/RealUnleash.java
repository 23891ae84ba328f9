package dev.lastgood.provider.unleash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.provider.local.FreePorts;
import dev.lastgood.provider.local.Until;
import dev.lastgood.rehearsal.Peer;
import dev.lastgood.store.PostgresFixture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The open-source server of Unleash, with a database of its own, and what its administrators and
/// applications do there.
final class RealUnleash implements AutoCloseable {
  static final int EDITOR = 2;
  static final int VIEWER = 3;

  /// What an application has; it may fetch flags and nothing else.
  static final String APPLICATION = "*:production.application";

  private static final String BROWSER = "*:production.browser";
  private static final String ADMIN = "*:*.administrator";
  private static final String FLAGS = "/api/admin/projects/default/features";
  private static final String PASSWORD = "Correct-Horse-9-Battery";

  private final HttpClient client = HttpClient.newHttpClient();
  private final String database;
  private final URI url;
  private final Process server;

  RealUnleash(Path dir) throws IOException {
    Peer unleash = Peer.module("unleash-server", "dist/server.js", "unleash-server@7.5.1");
    database = PostgresFixture.url();
    URI there = URI.create(database.substring("jdbc:".length()));
    int port = FreePorts.some(1).getFirst();
    url = URI.create("http://127.0.0.1:" + port);
    server =
        unleash.start(
            dir,
            Map.ofEntries(
                Map.entry("DATABASE_HOST", there.getHost()),
                Map.entry("DATABASE_PORT", "" + there.getPort()),
                Map.entry("DATABASE_NAME", there.getPath().substring(1)),
                Map.entry("DATABASE_USERNAME", "postgres"),
                Map.entry("DATABASE_PASSWORD", "none"),
                Map.entry("DATABASE_SSL", "false"),
                Map.entry("HTTP_HOST", "127.0.0.1"),
                Map.entry("HTTP_PORT", "" + port),
                Map.entry("INIT_ADMIN_API_TOKENS", ADMIN),
                Map.entry("INIT_BACKEND_API_TOKENS", APPLICATION),
                Map.entry("INIT_FRONTEND_API_TOKENS", BROWSER),
                Map.entry("CHECK_VERSION", "false"),
                Map.entry("SEND_TELEMETRY", "false"),
                Map.entry("TZ", "UTC")));
  }

  /// It makes its tables first.
  void awaitReady() {
    Until.holds(
        "Unleash answers",
        Until.MINUTES,
        () -> {
          assertThat(server.isAlive()).as("Unleash runs").isTrue();
          return healthy();
        });
  }

  private boolean healthy() {
    try {
      return send("GET", "/health", "", "").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  URI url() {
    return url;
  }

  // ---- what an administrator does

  void flag(String name) throws IOException {
    admin("POST", FLAGS, "{\"name\":\"" + name + "\",\"type\":\"release\"}");
  }

  /// Half of the people get the variant blue, the others red; a disabled strategy gives it to none.
  void strategies(String flag) throws IOException {
    String strategy =
        """
        {"name":"flexibleRollout","title":"all of them","disabled":%s,
         "parameters":{"rollout":"%s","stickiness":"userId","groupId":"%s"},
         "constraints":[{"contextName":"country","operator":"IN","values":["at","de"]}],
         "variants":[
           {"name":"blue","weight":500,"weightType":"variable","stickiness":"userId",
            "payload":{"type":"string","value":"#00f"}},
           {"name":"red","weight":500,"weightType":"variable","stickiness":"userId"}]}\
        """;
    admin("POST", production(flag) + "/strategies", strategy.formatted(false, "100", flag));
    admin("POST", production(flag) + "/strategies", strategy.formatted(true, "7", flag));
  }

  void disabledStrategy(String flag) throws IOException {
    admin(
        "POST",
        production(flag) + "/strategies",
        "{\"name\":\"flexibleRollout\",\"disabled\":true,\"parameters\":{\"rollout\":\"5\","
            + "\"stickiness\":\"default\",\"groupId\":\"g\"}}");
  }

  void on(String flag) throws IOException {
    admin("POST", production(flag) + "/on", "{}");
  }

  void depends(String child, String parent) throws IOException {
    admin("POST", FLAGS + "/" + child + "/dependencies", "{\"feature\":\"" + parent + "\"}");
  }

  void archive(String flag) throws IOException {
    admin("DELETE", FLAGS + "/" + flag, "");
  }

  void revive(String flag) throws IOException {
    admin("POST", "/api/admin/archive/revive/" + flag, "{}");
  }

  void maintenance(boolean on) throws IOException {
    admin("POST", "/api/admin/maintenance", "{\"enabled\":" + on + "}");
  }

  /// The open-source edition obeys this setting and has no page or request to make it.
  void changeRequests(boolean on) throws SQLException {
    try (Connection connection = DriverManager.getConnection(database);
        Statement statement = connection.createStatement()) {
      statement.execute(
          on
              ? "insert into change_request_settings values ('default', 'production', 1)"
              : "delete from change_request_settings");
    }
  }

  /// A personal access token of a new user.
  String token(String user, int role) throws IOException {
    admin(
        "POST",
        "/api/admin/user-admin",
        """
        {"username":"%s","name":"%s","rootRole":%d,"password":"%s","sendEmail":false}\
        """
            .formatted(user, user, role, PASSWORD));
    HttpResponse<String> login =
        send(
            "POST",
            "/auth/simple/login",
            "",
            "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(user, PASSWORD));
    String cookie = login.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
    HttpResponse<String> made =
        send(
            "POST",
            "/api/admin/user/tokens",
            cookie,
            "{\"description\":\"lastgood\",\"expiresAt\":\"2099-01-01T00:00:00Z\"}");
    return json(made).path("secret").asString();
  }

  // ---- what one sees

  /// The flag as an administrator sees it, but for who has ever changed it and how far it has come
  /// in its life, which the server notes some time later; an archived one by the answer that hides
  /// it.
  JsonNode shown(String flag) throws IOException {
    JsonNode all = json(send("GET", FLAGS + "/" + flag, ADMIN, ""));
    return ((ObjectNode) all).without(List.of("collaborators", "lifecycle"));
  }

  /// What is told of the flag in the history, how often.
  int events(String flag) throws IOException {
    return admin("GET", "/api/admin/search/events?feature=IS:" + flag, "").path("total").asInt();
  }

  /// Status of a request.
  int status(String path) throws IOException {
    return send("GET", path, ADMIN, "").statusCode();
  }

  /// What the applications fetch of the flag.
  JsonNode fetched(String flag) throws IOException {
    for (JsonNode one :
        json(send("GET", "/api/client/features", APPLICATION, "")).path("features")) {
      if (one.path("name").asString().equals(flag)) {
        return one;
      }
    }
    throw new AssertionError(flag + " is not served");
  }

  /// What the SDK decides for a person, as a browser is told it: `true blue`, `true disabled` where
  /// no variant is, or `false`.
  String decided(String flag, String user) throws IOException {
    String path = "/api/frontend?userId=" + user + "&properties%5Bcountry%5D=at";
    HttpResponse<String> answer = send("GET", path, BROWSER, "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    for (JsonNode one : json(answer).path("toggles")) {
      if (one.path("name").asString().equals(flag)) {
        return one.path("enabled").asBoolean() + " " + one.path("variant").path("name").asString();
      }
    }
    return "false";
  }

  private static String production(String flag) {
    return FLAGS + "/" + flag + "/environments/production";
  }

  private JsonNode admin(String method, String path, String body) throws IOException {
    HttpResponse<String> answer = send(method, path, ADMIN, body);
    assertThat(answer.statusCode()).as(method + " " + path + answer.body()).isBetween(200, 299);
    return json(answer);
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return JsonMapper.shared().readTree(answer.body().isEmpty() ? "{}" : answer.body());
  }

  /// @param who a token, the cookie of a login, or nobody
  private HttpResponse<String> send(String method, String path, String who, String body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve(path))
            .method(method, BodyPublishers.ofString(body))
            .header("Content-Type", "application/json");
    if (!who.isEmpty()) {
      request.header(who.startsWith("unleash-session") ? "Cookie" : "Authorization", who);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    client.close();
    server.destroyForcibly().onExit().join();
  }
}
