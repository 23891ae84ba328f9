package dev.lastgood.provider.ssh;

import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.local.Why;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How one host is logged in to, as words for the `ssh` of this machine, and what its complaints
/// mean. Host keys are always checked, never accepted because they are new.
///
/// @param name as people call the host
record Login(
    String name,
    String address,
    Optional<Integer> port,
    Optional<String> user,
    Optional<Path> key,
    Optional<Path> knownHosts,
    String program,
    Duration patience) {
  static Login of(HostsSettings settings, HostsSettings.Address host, Path base) {
    return new Login(
        host.shown(),
        host.host(),
        host.port().or(settings::port),
        settings.user(),
        settings.key().map(k -> absolute("hosts.key", base, k)),
        settings.knownHosts().map(k -> absolute("hosts.known-hosts", base, k)),
        settings
            .ssh()
            .map(s -> s.getNameCount() == 1 && !s.isAbsolute() ? s : base.resolve(s))
            .map(Path::toString)
            .orElse("ssh"),
        settings.connect().orElse(Duration.ofSeconds(10)));
  }

  private static Path absolute(String key, Path base, Path path) {
    String text = path.toString();
    if (text.indexOf('"') >= 0 || text.chars().anyMatch(Character::isISOControl)) {
      throw new BadSettings(key, "its name has a character that ssh cannot be told");
    }
    return text.startsWith("~/")
        ? Path.of(System.getProperty("user.home", "/")).resolve(text.substring(2))
        : base.resolve(path).toAbsolutePath().normalize();
  }

  /// `ssh` with a shell on the other side. In a session of its own, so that a Ctrl-C meant for
  /// Lastgood does not cut it in the middle of an act.
  List<String> command() {
    List<String> words = new ArrayList<>(List.of("setsid", "--"));
    words.addAll(ssh());
    words.addAll(List.of("--", address, "exec sh"));
    return words;
  }

  private List<String> ssh() {
    List<String> words = new ArrayList<>(List.of(program, "-T"));
    option(words, "BatchMode=yes");
    option(words, "StrictHostKeyChecking=yes");
    option(words, "UpdateHostKeys=no");
    option(words, "VisualHostKey=no");
    option(words, "ConnectTimeout=" + Math.max(1, patience.toSeconds()));
    option(words, "ServerAliveInterval=5");
    option(words, "ServerAliveCountMax=3");
    option(words, "ClearAllForwardings=yes");
    option(words, "ForwardAgent=no");
    option(words, "ForwardX11=no");
    option(words, "PermitLocalCommand=no");
    option(words, "RemoteCommand=none");
    option(words, "LogLevel=ERROR");
    knownHosts.ifPresent(file -> {
      option(words, "UserKnownHostsFile=\"" + file.toString().replace("%", "%%") + "\"");
      option(words, "GlobalKnownHostsFile=/dev/null");
    });
    key.ifPresent(file -> {
      option(words, "IdentitiesOnly=yes");
      words.addAll(List.of("-i", file.toString().replace("%", "%%")));
    });
    port.ifPresent(p -> words.addAll(List.of("-p", Integer.toString(p))));
    user.ifPresent(u -> words.addAll(List.of("-l", u)));
    return words;
  }

  private static void option(List<String> words, String option) {
    words.addAll(List.of("-o", option));
  }

  /// What a person types to do a line of shell there.
  String byHand(String line) {
    List<String> words = new ArrayList<>(List.of("ssh"));
    port.ifPresent(p -> words.addAll(List.of("-p", Integer.toString(p))));
    key.ifPresent(k -> words.addAll(List.of("-i", shown(k.toString()))));
    knownHosts.ifPresent(
        k -> words.addAll(List.of("-o", shown("UserKnownHostsFile=\"" + k + "\""))));
    words.add(user.map(u -> u + "@").orElse("") + address);
    words.add(ShellWords.quoted(line));
    return String.join(" ", words);
  }

  private static String shown(String word) {
    return dev.lastgood.provider.local.Argv.quoted(word);
  }

  /// Why ssh gave no shell, and what to do.
  String explained(String words) {
    if (words.contains("REMOTE HOST IDENTIFICATION HAS CHANGED")) {
      return name
          + ": its host key is not the one that is known. A new machine, or somebody in between;"
          + " nothing was sent. Compare `"
          + seenKeys()
          + "` with what the host says at its own console, `"
          + ownKeys()
          + "`. Only if they are the same: `ssh-keygen -R "
          + shown(known())
          + file(" -f ")
          + "`, then `"
          + scanned()
          + "`";
    }
    if (words.contains("Host key verification failed") || words.contains("host key is known for")) {
      return name
          + ": its host key is not known; nothing was sent. See it: `"
          + seenKeys()
          + "`. Compare it with what the host says at its own console, `"
          + ownKeys()
          + "`. Only if they are the same: `"
          + scanned()
          + "`";
    }
    if (key.isPresent() && !Files.isReadable(key.get())) {
      return name
          + ": "
          + key.get()
          + (Files.exists(key.get()) ? " may not be read by this user" : " is not there")
          + "; `hosts.key` names it as the key to log in with";
    }
    String said =
        Why.plain(words.lines().filter(l -> !l.isBlank()).reduce((_, b) -> b).orElse(""), 300);
    if (said.contains("Permission denied")) {
      return name
          + ": ssh may not log in"
          + user.map(u -> " as " + u).orElse("")
          + " ("
          + said
          + "). "
          + (key.isPresent()
              ? "Is " + key.get() + " its key, and without a passphrase? Else use the agent"
              : "Name a `key`, or add one to the agent: ssh-add -l");
    }
    return name
        + ": cannot be reached: "
        + (said.isEmpty()
            ? "no shell answered within " + patience.plus(SshHost.GRACE).toSeconds() + " s"
            : said);
  }

  /// As it stands in a URL.
  String urlHost() {
    return address.indexOf(':') >= 0 ? "[" + address + "]" : address;
  }

  private String portWords() {
    return port.map(p -> "-p " + p + " ").orElse("");
  }

  private String known() {
    return port.filter(p -> p != 22).map(p -> "[" + address + "]:" + p).orElse(address);
  }

  private String file(String before) {
    return knownHosts.map(k -> before + shown(k.toString())).orElse("");
  }

  private String seenKeys() {
    return "ssh-keyscan " + portWords() + address + " | ssh-keygen -lf -";
  }

  private static String ownKeys() {
    return "for k in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $k; done";
  }

  private String scanned() {
    return "ssh-keyscan "
        + portWords()
        + address
        + " >> "
        + knownHosts.map(k -> shown(k.toString())).orElse("~/.ssh/known_hosts");
  }
}
