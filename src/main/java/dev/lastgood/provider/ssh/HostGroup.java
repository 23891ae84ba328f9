package dev.lastgood.provider.ssh;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Fingerprints;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Keeping;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Retention;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Surroundings;
import dev.lastgood.provider.local.Glance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// One component on several hosts. Each act is done on one host first, then on the others, so many
/// at a time; the next ones begin when all before them are seen to be well. What was done before a
/// crash is found by looking, host by host.
public class HostGroup implements Platform, Capturable, Retention {
  private final String component;
  private final HostsSettings settings;
  private final List<Member> members;

  private HostGroup(String component, HostsSettings settings, List<Member> members) {
    this.component = component;
    this.settings = settings;
    this.members = List.copyOf(members);
  }

  /// @param open the platform of one host, from surroundings whose base is the root of that host
  ///   and whose state is here, its own
  public static Platform of(
      String component,
      HostsSettings settings,
      Surroundings here,
      Function<Surroundings, Platform> open) {
    List<Member> members = new ArrayList<>();
    for (HostsSettings.Address address : settings.checked()) {
      var host = new SshHost(Login.of(settings, address, here.base()));
      Path state = here.state().resolve("hosts").resolve(address.shown());
      members.add(
          new Member(
              address.shown(),
              host,
              state,
              once(() -> open.apply(new Surroundings(host.path("/"), state, here.clock())))));
    }
    // What is wrong with the settings shall be said at load, not when a host is first asked.
    Platform any =
        open.apply(
            new Surroundings(members.getFirst().host().path("/"), here.state(), here.clock()));
    if (any instanceof Keeping) {
      return new KeptOnEach(component, settings, members);
    }
    return any instanceof Fingerprints
        ? new Fingerprinted(component, settings, members)
        : new HostGroup(component, settings, members);
  }

  /// For paths of settings: on another host nothing is relative to our configuration file.
  ///
  /// @throws BadSettings if it is not absolute
  public static void absolute(String key, Path path) {
    if (!path.isAbsolute()) {
      throw new BadSettings(key, "`" + path + "` must be absolute: it is a path on other hosts");
    }
  }

  private static java.util.function.Supplier<Platform> once(
      java.util.function.Supplier<Platform> open) {
    return new java.util.function.Supplier<>() {
      private Optional<Platform> opened = Optional.empty();

      @Override
      public synchronized Platform get() {
        if (opened.isEmpty()) {
          opened = Optional.of(open.get());
        }
        return opened.get();
      }
    };
  }

  // ---- asking ----------------------------------------------------------------------------------

  /// What one host said, or why it said nothing.
  record Said<T>(Optional<T> answer, String trouble) {}

  interface Question<T> {
    T ask(Platform platform) throws PlatformUnreachable;
  }

  private <T> Map<String, Said<T>> ask(List<Member> whom, Function<Member, Question<T>> question) {
    return Together.each(
        whom,
        member -> {
          try {
            member.host().connect();
            return new Said<T>(Optional.of(answer(member, question.apply(member))), "");
          } catch (HostLost e) {
            return new Said<T>(Optional.empty(), String.valueOf(e.getMessage()));
          } catch (PlatformUnreachable e) {
            return new Said<T>(Optional.empty(), member.name() + ": " + e.getMessage());
          }
        });
  }

  /// One look, however many parts the question has.
  private static <T> T answer(Member member, Question<T> question) throws PlatformUnreachable {
    Platform platform = member.platform().get();
    return member.host().glance(Glance.NOTHING, () -> question.ask(platform));
  }

  final <T> Map<String, Said<T>> everywhere(Question<T> question) {
    return ask(members, _ -> question);
  }

  /// What is wrong with several hosts for one reason is told once, of the first of them.
  private static String told(Map<String, String> troubles) {
    Map<String, List<String>> alike = new LinkedHashMap<>();
    troubles.forEach((host, trouble) ->
        alike.computeIfAbsent(nameless(host, trouble), _ -> new ArrayList<>()).add(host));
    return alike.values().stream()
        .map(hosts ->
            troubles.get(hosts.getFirst())
                + (hosts.size() == 1
                    ? ""
                    : ". The same of " + Orders.named(hosts.subList(1, hosts.size()))))
        .collect(Collectors.joining("; "));
  }

  private static String nameless(String host, String trouble) {
    int port = host.lastIndexOf(':') + 1;
    String address = port == 0 ? host : host.substring(0, port - 1);
    return trouble
        .replace(host, "")
        .replace(address, "")
        .replace(port == 0 ? "port 22" : "port " + host.substring(port), "");
  }

  /// All answers, or none.
  private <T> Map<String, T> all(Question<T> question) throws PlatformUnreachable {
    Map<String, Said<T>> said = everywhere(question);
    Map<String, String> troubles = new LinkedHashMap<>();
    said.forEach((host, s) -> {
      if (s.answer().isEmpty()) {
        troubles.put(host, s.trouble());
      }
    });
    if (!troubles.isEmpty()) {
      throw new PlatformUnreachable(
          component
              + (members.size() == 1
                  ? ""
                  : ": " + troubles.size() + " of " + members.size() + " hosts")
              + ": "
              + told(troubles)
              + (troubles.size() == members.size()
                  ? ""
                  : ". A host that is out of service is taken out of hosts.addresses"));
    }
    Map<String, T> answers = new LinkedHashMap<>();
    said.forEach((host, s) -> answers.put(host, s.answer().orElseThrow()));
    return answers;
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    return new Findings(all(Platform::inventory)).together();
  }

  // ---- planning --------------------------------------------------------------------------------

  /// Each host starts from what it serves itself: after a run that was cut off they differ.
  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    Map<String, List<Method>> ways =
        all(platform -> platform.methods(start(platform, from, to), to));
    return new Spreading(component, settings, members, ways).together(to);
  }

  private static Release start(Platform platform, Release from, Release to)
      throws PlatformUnreachable {
    Optional<Release> live = platform.inventory().live();
    // The way back is asked for before the way there is gone: then it starts where that ends.
    return live.filter(l -> !l.is(to)).filter(l -> !l.is(from)).orElse(from);
  }

  // ---- running ---------------------------------------------------------------------------------

  @Override
  public Sight look(Act act) {
    if (!act.verb().equals(Orders.VERB)) {
      return new Sight.Unclear(act.unknownTo("hosts"));
    }
    Map<String, Act> orders;
    try {
      orders = Orders.read(act);
    } catch (IllegalStateException e) {
      return new Sight.Unclear(String.valueOf(e.getMessage()));
    }
    Optional<String> stranger = stranger(orders);
    return stranger.isPresent() ? new Sight.Unclear(stranger.get()) : together(sights(orders));
  }

  private Map<String, Sight> sights(Map<String, Act> orders) {
    Map<String, Sight> sights = new LinkedHashMap<>();
    ask(concerned(orders), member -> platform -> platform.look(of(member, orders)))
        .forEach((host, said) ->
            sights.put(host, said.answer().orElseGet(() -> new Sight.Unclear(said.trouble()))));
    return sights;
  }

  private static Sight together(Map<String, Sight> sights) {
    if (any(sights, Sight.Failed.class)) {
      return new Sight.Failed(Together.said(sights, Sight.Failed.class::isInstance, Sight::seen));
    }
    if (any(sights, Sight.Unclear.class)) {
      return new Sight.Unclear(Together.said(sights, Sight.Unclear.class::isInstance, Sight::seen));
    }
    if (any(sights, Sight.NotYet.class)) {
      return new Sight.NotYet(Together.said(sights, _ -> true, Sight::seen));
    }
    if (any(sights, Sight.UnderWay.class)) {
      return new Sight.UnderWay(Together.said(sights, _ -> true, Sight::seen));
    }
    return new Sight.Holds(Together.said(sights, _ -> true, Sight::seen));
  }

  private static <T> T of(Member member, Map<String, T> each) {
    return Objects.requireNonNull(each.get(member.name()), member.name());
  }

  private static boolean any(Map<String, Sight> sights, Class<? extends Sight> kind) {
    return sights.values().stream().anyMatch(kind::isInstance);
  }

  /// Every host of the act is reached and looked at before the first one is changed: a key that is
  /// not known, or a host that is down, stops it while nothing is changed yet.
  @Override
  public Outcome act(Act act, String key) {
    if (!act.verb().equals(Orders.VERB)) {
      return new Outcome.Refused(act.unknownTo("hosts"));
    }
    Map<String, Act> orders;
    try {
      orders = Orders.read(act);
    } catch (IllegalStateException e) {
      return new Outcome.Refused(String.valueOf(e.getMessage()));
    }
    Optional<String> stranger = stranger(orders);
    if (stranger.isPresent()) {
      return new Outcome.Refused(stranger.get());
    }
    Map<String, Said<Sight>> before =
        ask(concerned(orders), member -> platform -> platform.look(of(member, orders)));
    String silent = Together.said(before, s -> s.answer().isEmpty(), Said::trouble);
    if (!silent.isEmpty()) {
      return new Outcome.Refused(silent + "; nothing was changed on any host");
    }
    List<Member> left =
        concerned(orders).stream()
            .filter(m -> !(of(m, before).answer().orElseThrow() instanceof Sight.Holds))
            .toList();
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    before.forEach((host, sight) -> {
      if (sight.answer().orElseThrow() instanceof Sight.Holds(String seen)) {
        outcomes.put(host, new Outcome.Done(seen));
      }
    });
    outcomes.putAll(acted(left, orders, key));
    return together(outcomes, left);
  }

  private Map<String, Outcome> acted(List<Member> left, Map<String, Act> orders, String key) {
    return left.isEmpty()
        ? Map.of()
        : Together.each(
            left,
            member -> {
              try {
                member.makeState();
              } catch (HostLost e) {
                return new Outcome.Refused(String.valueOf(e.getMessage()));
              }
              try {
                Outcome outcome = member.platform().get().act(of(member, orders), key);
                if (outcome instanceof Outcome.Refused) {
                  member.dropState();
                }
                return outcome;
              } catch (HostLost e) {
                return new Outcome.Unknown(e.getMessage() + ", in the middle of it");
              }
            });
  }

  private static Outcome together(Map<String, Outcome> outcomes, List<Member> left) {
    String all = Together.said(outcomes, _ -> true, HostGroup::words);
    List<Outcome> now = left.stream().map(m -> outcomes.get(m.name())).toList();
    boolean done = now.stream().anyMatch(Outcome.Done.class::isInstance);
    boolean unknown = now.stream().anyMatch(Outcome.Unknown.class::isInstance);
    boolean refused = now.stream().anyMatch(Outcome.Refused.class::isInstance);
    if (unknown || (done && refused)) {
      return new Outcome.Unknown(all);
    }
    return refused ? new Outcome.Refused(all) : new Outcome.Done(all);
  }

  private static String words(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(String receipt) -> receipt;
      case Outcome.Refused(String reason) -> "REFUSED, " + reason;
      case Outcome.Unknown(String reason) -> "UNKNOWN, " + reason;
    };
  }

  private List<Member> concerned(Map<String, Act> orders) {
    return members.stream().filter(m -> orders.containsKey(m.name())).toList();
  }

  private Optional<String> stranger(Map<String, Act> orders) {
    List<String> unknown =
        orders.keySet().stream()
            .filter(host -> members.stream().noneMatch(m -> m.name().equals(host)))
            .toList();
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            component
                + ": the plan is for "
                + String.join(", ", unknown)
                + ", which the configuration does not name any more; plan again");
  }

  // ---- what only some can do
  // ---------------------------------------------------------------------

  /// Of every host, under its name.
  @Override
  public List<Exhibit> capture(Release release) {
    List<Exhibit> exhibits = new ArrayList<>();
    Map<String, Said<List<Exhibit>>> each =
        ask(
            members,
            _ ->
                platform ->
                    platform instanceof Capturable shows ? shows.capture(release) : List.of());
    each.forEach((host, said) -> {
      String plain = members.size() == 1 ? "" : host.replaceAll("[^A-Za-z0-9._-]", "_") + "-";
      if (said.answer().isEmpty()) {
        exhibits.add(new Exhibit(plain + "missing.txt", host, said.trouble()));
      }
      said.answer()
          .orElse(List.of())
          .forEach(
              e -> exhibits.add(new Exhibit(plain + e.name(), host + ":" + e.from(), e.text())));
    });
    return exhibits;
  }

  @Override
  public List<String> prune(Set<String> keep) throws PlatformUnreachable {
    Set<String> removed = new LinkedHashSet<>();
    all(platform -> platform instanceof Retention old ? old.prune(keep) : List.<String>of())
        .values()
        .forEach(removed::addAll);
    return List.copyOf(removed);
  }

  /// A host that is down keeps no other one from it.
  private static final class KeptOnEach extends HostGroup implements Keeping {
    KeptOnEach(String component, HostsSettings settings, List<Member> members) {
      super(component, settings, members);
    }

    @Override
    public Kept keep() {
      Set<String> ids = new LinkedHashSet<>();
      List<String> lost = new ArrayList<>();
      this.<Kept>everywhere(platform -> ((Keeping) platform).keep())
          .values()
          .forEach(said ->
              said.answer()
                  .ifPresentOrElse(kept -> ids.addAll(kept.ids()), () -> lost.add(said.trouble())));
      return new Kept(List.copyOf(ids), lost);
    }
  }

  /// The hosts are alike, so the first one tells.
  private static final class Fingerprinted extends HostGroup implements Fingerprints {
    private final Member first;

    Fingerprinted(String component, HostsSettings settings, List<Member> members) {
      super(component, settings, members);
      this.first = members.getFirst();
    }

    @Override
    public String fingerprint(Release release) throws PlatformUnreachable {
      try {
        first.host().connect();
        return ((Fingerprints) first.platform().get()).fingerprint(release);
      } catch (HostLost e) {
        throw new PlatformUnreachable(String.valueOf(e.getMessage()));
      }
    }
  }
}
