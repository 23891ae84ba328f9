package dev.lastgood.provider.kubernetes;

import dev.lastgood.provider.local.Argv;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The `helm` program, pointed at the cluster of the configuration and at no other one.
final class HelmProgram {
  private static final Duration LOOKING = Duration.ofSeconds(20);
  private static final int MOST = 64 * 1024;

  private final Access access;
  private final HelmRelease release;
  private final List<String> program;
  private final Duration hooks;
  private final Duration longest;

  /// @param program how to call it, as words; empty: `helm`
  /// @param hooks how long helm waits for each of them
  /// @param longest after this it is ended
  HelmProgram(
      Access access, HelmRelease release, List<String> program, Duration hooks, Duration longest) {
    this.access = access;
    this.release = release;
    this.program = program.isEmpty() ? List.of("helm") : List.copyOf(program);
    this.hooks = hooks;
    this.longest = longest;
  }

  /// Why it cannot be used; empty when it can.
  Optional<String> unusable() {
    return switch (argv(List.of("version", "--short"), LOOKING).ask("", MOST)) {
      case Argv.Reply.None none ->
          Optional.of(none.reason() + "; install Helm 3 or 4, or name the program under `helm`");
      case Argv.Reply.Answer answer when answer.code() != 0 ->
          Optional.of(program.getFirst() + " version: " + answer.lastLine());
      case Argv.Reply.Answer answer when !answer.answer().strip().matches("v[34][.].*") ->
          Optional.of(
              program.getFirst()
                  + " calls itself "
                  + answer.lastLine()
                  + "; Helm 3 or 4 is needed");
      case Argv.Reply.Answer _ -> Optional.empty();
    };
  }

  /// Rolls back to an explicit revision. Nothing of the history is removed, and it does not wait
  /// for pods: that is looked at.
  Argv.End rollback(int revision) {
    return argv(words(revision), longest).run();
  }

  private List<String> words(int revision) {
    List<String> words = new ArrayList<>(List.of("rollback", release.name(), "" + revision));
    words.addAll(List.of("--namespace", release.namespace()));
    words.addAll(List.of("--history-max", "0", "--timeout", hooks.toSeconds() + "s"));
    switch (access) {
      case Access.File file -> {
        words.addAll(List.of("--kubeconfig", file.path().toString()));
        file.context().ifPresent(c -> words.addAll(List.of("--kube-context", c)));
      }
      // Else it would add what the user's own file says. The token is no word: all can list words.
      case Access.Direct _ -> words.addAll(List.of("--kubeconfig", "/dev/null"));
    }
    return words;
  }

  /// As a person would type it, with the token left to them.
  String byHand(int revision) {
    String shown = argv(words(revision), longest).shown();
    return access instanceof Access.Direct direct
        ? "HELM_KUBETOKEN=… HELM_KUBEAPISERVER="
            + Argv.quoted(direct.server())
            + direct.ca().map(ca -> " HELM_KUBECAFILE=" + Argv.quoted(ca.toString())).orElse("")
            + " "
            + shown
        : shown;
  }

  private Argv argv(List<String> words, Duration timeout) {
    List<String> all = new ArrayList<>(program);
    all.addAll(words);
    return new Argv(all, Optional.empty(), environment(), timeout);
  }

  /// What is set there otherwise could mean another cluster, another user or another store.
  private Map<String, String> environment() {
    var all = new TreeMap<String, String>();
    for (String name :
        List.of(
            "HELM_KUBEAPISERVER",
            "HELM_KUBETOKEN",
            "HELM_KUBECAFILE",
            "HELM_KUBECONTEXT",
            "HELM_KUBEASUSER",
            "HELM_KUBEASGROUPS",
            "HELM_KUBETLS_SERVER_NAME",
            "HELM_KUBEINSECURE_SKIP_TLS_VERIFY",
            "HELM_DEBUG")) {
      all.put(name, "");
    }
    all.put("HELM_DRIVER", "secret");
    all.put("LC_ALL", "C");
    if (access instanceof Access.Direct direct) {
      all.put("HELM_KUBEAPISERVER", direct.server());
      all.put("HELM_KUBETOKEN", direct.token().reveal());
      direct.ca().ifPresent(ca -> all.put("HELM_KUBECAFILE", ca.toString()));
    }
    return all;
  }
}
