package dev.lastgood.provider.ssh;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Leg;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Proof;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Makes one way of the ways of several hosts: wave by wave, and within a wave step by step, so
/// that never more hosts are between two steps than one wave has.
///
/// @param ways by host
record Spreading(
    String component,
    HostsSettings settings,
    List<Member> members,
    Map<String, List<Method>> ways) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int USUAL = 5;

  List<Method> together(Release to) {
    List<Method> methods = new ArrayList<>();
    for (Method first : Objects.requireNonNull(ways.get(members.getFirst().name()))) {
      Map<String, Method> same = new LinkedHashMap<>();
      ways.forEach((host, offered) ->
          offered.stream()
              .filter(m -> m.name().equals(first.name()))
              .findFirst()
              .ifPresent(m -> same.put(host, m)));
      if (same.size() == members.size()) {
        methods.add(method(first, same, to));
      }
    }
    return methods;
  }

  private Method method(Method first, Map<String, Method> each, Release to) {
    boolean alone = settings.first().orElse(true) && members.size() > 1;
    int atOnce = settings.atOnce().orElse(USUAL);
    List<Leg> legs = new ArrayList<>();
    for (List<Member> wave : Orders.waves(members, alone, atOnce)) {
      legs.addAll(acts(wave, each, to));
      if (settings.prove().isPresent()) {
        wave.forEach(member -> legs.add(proof(member, to)));
      }
    }
    inPublic(first).ifPresent(legs::add);
    Set<String> costs = new LinkedHashSet<>();
    Set<String> losses = new LinkedHashSet<>();
    each.forEach((host, method) -> {
      costs.addAll(method.costs());
      method.losses().forEach(l -> losses.add(host + ": " + l));
    });
    if (settings.prove().isEmpty() && members.size() > 1) {
      costs.add(
          "no host is proven by the checks before the next ones follow: hosts.prove is not set");
    }
    String how =
        members.size() == 1
            ? " on " + members.getFirst().name()
            : " on "
                + members.size()
                + " hosts"
                + (alone ? ", first on " + members.getFirst().name() : "")
                + ", "
                + Math.min(atOnce, members.size() - (alone ? 1 : 0))
                + " at a time";
    return new Method(
        first.name(), first.says() + how, legs, List.copyOf(costs), List.copyOf(losses));
  }

  /// The first act of each host, then the second of each.
  private List<Leg> acts(List<Member> wave, Map<String, Method> each, Release to) {
    List<Leg> legs = new ArrayList<>();
    for (int i = 0; ; i++) {
      Map<String, Act> step = new LinkedHashMap<>();
      for (Member member : wave) {
        List<Act> acts = acts(Objects.requireNonNull(each.get(member.name())));
        if (i < acts.size()) {
          step.put(member.name(), acts.get(i));
        }
      }
      if (step.isEmpty()) {
        return legs;
      }
      legs.add(Orders.of(to.id(), step, this::login));
    }
  }

  private Login login(String host) {
    return members.stream()
        .filter(m -> m.name().equals(host))
        .findFirst()
        .orElseThrow()
        .host()
        .login();
  }

  private static List<Act> acts(Method method) {
    return method.legs().stream().filter(Act.class::isInstance).map(Act.class::cast).toList();
  }

  private Proof proof(Member member, Release to) {
    return new Proof(
        component,
        "prove " + to.id() + " on " + member.name(),
        settings.prove().map(p -> p.replace("{host}", member.host().login().urlHost())),
        to.expectedVersion(),
        PATIENCE);
  }

  private static Optional<Leg> inPublic(Method method) {
    return method.legs().stream()
        .filter(l -> l instanceof Proof p && p.address().isEmpty())
        .reduce((_, b) -> b);
  }
}
