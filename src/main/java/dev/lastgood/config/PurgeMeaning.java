package dev.lastgood.config;

import dev.lastgood.config.SystemConfig.Keeper;
import dev.lastgood.config.SystemConfig.Purged;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// What `purge:` means.
final class PurgeMeaning {
  private static final int MOST = 1_000;
  private static final int LONGEST_TAG = 256;

  private final Spots spots;

  PurgeMeaning(Spots spots) {
    this.spots = spots;
  }

  List<Purged> all(List<Form.PurgeForm> forms) {
    var all = new ArrayList<Purged>();
    for (int i = 0; i < forms.size(); i++) {
      String at = "purge[" + i + "]";
      Form.PurgeForm form = forms.get(i);
      spots.known(at + ".component", "component", form.component(), spots.names("components"));
      keeper(at, form).ifPresent(keeper -> all.add(new Purged(form.component(), keeper)));
    }
    return all;
  }

  /// @return empty: there was a mistake, which has been said
  private Optional<? extends Keeper> keeper(String at, Form.PurgeForm form) {
    if (form.cloudflare().isPresent() == form.vercel().isPresent()) {
      spots.value(at, "say who keeps it, once: `cloudflare` or `vercel`");
      return Optional.empty();
    }
    return form.cloudflare().isPresent()
        ? cloudflare(at + ".cloudflare", form.cloudflare().get())
        : vercel(at + ".vercel", form.vercel().orElseThrow());
  }

  private Optional<Keeper> cloudflare(String at, Form.CloudflareForm form) {
    var what = new TreeMap<String, List<String>>();
    what.put("files", form.files());
    what.put("tags", form.tags());
    what.put("hosts", form.hosts());
    what.put("prefixes", form.prefixes());
    what.values().removeIf(List::isEmpty);
    List<String> items = what.values().stream().flatMap(List::stream).toList();
    if (odd(at, items, "for more purge a prefix, a host or everything")) {
      return Optional.empty();
    }
    if (form.everything().orElse(false) != what.isEmpty()) {
      spots.value(
          at, "say what is purged: either `everything: true`, or files, tags, hosts or prefixes");
      return Optional.empty();
    }
    return Optional.of(new Keeper.Cloudflare(form.zone(), what, form.token(), form.baseUrl()));
  }

  private Optional<Keeper> vercel(String at, Form.VercelForm form) {
    if (odd(at, form.tags(), "for more purge everything")) {
      return Optional.empty();
    }
    if (form.everything().orElse(false) != form.tags().isEmpty()) {
      spots.value(at, "say what is purged: either `everything: true`, or tags");
      return Optional.empty();
    }
    if (form.stale().orElse(false) && form.tags().isEmpty()) {
      spots.value(at + ".stale", "only tags can be marked as stale; everything is thrown away");
      return Optional.empty();
    }
    if (form.tags().stream().anyMatch(t -> t.length() > LONGEST_TAG || t.contains(","))) {
      spots.value(
          at + ".tags", "a cache tag has at most " + LONGEST_TAG + " characters and no comma");
      return Optional.empty();
    }
    return Optional.of(
        new Keeper.Vercel(
            form.project(),
            form.team(),
            form.tags(),
            form.stale().orElse(false),
            form.token(),
            form.baseUrl()));
  }

  private boolean odd(String at, Collection<String> items, String instead) {
    if (items.stream().anyMatch(i -> i.isBlank() || i.chars().anyMatch(c -> c <= ' '))) {
      spots.value(at, "what is purged has no blanks and no line breaks in it");
      return true;
    }
    if (items.size() > MOST) {
      spots.value(at, "at most " + MOST + " items; " + instead);
      return true;
    }
    return false;
  }
}
