package dev.lastgood.provider.command;

import dev.lastgood.model.Secret;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Argv;
import dev.lastgood.provider.local.LogFile;
import dev.lastgood.provider.local.Why;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Runs the commands of one component. Secrets reach them by their environment, and are masked in
/// whatever they say.
final class Commands {
  private static final int MOST = 1024 * 1024;

  private final String component;
  private final CommandSettings settings;
  private final Path dir;
  private final LogFile log;

  Commands(String component, CommandSettings settings, Surroundings here) {
    this.component = component;
    this.settings = settings;
    this.dir = settings.dir().map(d -> here.base().resolve(d)).orElse(here.base());
    this.log = new LogFile(here.state().toAbsolutePath().resolve("command-" + component + ".log"));
  }

  Inventory listed(Optional<String> live) throws PlatformUnreachable {
    String said = answer("inventory", settings.inventory(), Map.of());
    return answers().inventory(said, live);
  }

  Answers.Observed observed() throws PlatformUnreachable {
    return answers().observed(answer("observe", settings.observe(), Map.of()));
  }

  String logs(String id) throws PlatformUnreachable {
    return answer("logs", settings.logs(), Map.of("id", id));
  }

  private Answers answers() {
    return new Answers(component, settings.answers().orElse(CommandSettings.Form.LINES));
  }

  private String answer(String which, List<String> words, Map<String, String> values)
      throws PlatformUnreachable {
    Argv.Reply reply =
        argv(words, values, settings.timeout().orElse(Duration.ofSeconds(10))).ask("", MOST);
    return switch (reply) {
      case Argv.Reply.Answer(int code, String answer, _) when code == 0 -> masked(answer);
      case Argv.Reply.Answer said ->
          throw new PlatformUnreachable(
              component
                  + ": "
                  + which
                  + " ended with exit "
                  + said.code()
                  + said(masked(said.lastLine())));
      case Argv.Reply.None(String reason, _) ->
          throw new PlatformUnreachable(component + ": " + which + ": " + reason);
    };
  }

  /// Its output goes to a file: what a deploy leaves running may print on when Lastgood is gone.
  Argv.End change(List<String> words, Map<String, String> values) {
    return argv(words, values, CommandPlatform.deadline(settings)).runInto(log);
  }

  /// As a person would type it, without the secrets, which are in the environment.
  String shown(List<String> words, Map<String, String> values) {
    return argv(words, values, Duration.ofSeconds(1)).shown();
  }

  static String said(String line) {
    return line.isBlank() ? "" : "; it said: " + line;
  }

  String masked(String text) {
    String masked = text;
    for (Secret secret : settings.secrets().values()) {
      String value = secret.reveal();
      masked = value.isEmpty() ? masked : masked.replace(value, "•••");
    }
    return masked;
  }

  String lastLine(Argv.End end) {
    return Why.plain(masked(end.lastLine()), 300);
  }

  private Argv argv(List<String> words, Map<String, String> values, Duration timeout) {
    var all = new TreeMap<>(values);
    all.put("component", component);
    var environment = new TreeMap<>(settings.env());
    settings.secrets().forEach((name, secret) -> environment.put(name, secret.reveal()));
    return new Argv(Template.filled(words, all), Optional.of(dir), environment, timeout);
  }
}
