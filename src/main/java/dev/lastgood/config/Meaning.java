package dev.lastgood.config;

import dev.lastgood.config.Shape.NameRule;
import dev.lastgood.config.SystemConfig.After;
import dev.lastgood.config.SystemConfig.Maintenance;
import dev.lastgood.config.SystemConfig.SecretUse;
import dev.lastgood.config.SystemConfig.StateAt;
import dev.lastgood.config.SystemConfig.Teller;
import dev.lastgood.model.Scope;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// What the written file means: defaults filled in, names resolved.
final class Meaning {
  private final Path file;
  private final Path folder;
  private final String environment;
  private final Spots spots;
  private final Conditions conditions;

  /// @param folder where relative paths start
  Meaning(Path file, Path folder, String environment, Spots spots, Conditions conditions) {
    this.file = file;
    this.folder = folder;
    this.environment = environment;
    this.spots = spots;
    this.conditions = conditions;
  }

  SystemConfig of(Form form, List<SecretUse> secrets) {
    if (!NameRule.NAME.allows(form.system())) {
      spots.value("system", "`system` must be " + NameRule.NAME.words());
    }
    var approvals = new ApprovalsMeaning(spots);
    return new SystemConfig(
        file,
        new Scope(form.system().isBlank() ? "unnamed" : form.system(), environment),
        form.state().map(this::state),
        form.soak().orElse(Duration.ofMinutes(10)),
        new TreeMap<>(form.components()),
        new ChecksMeaning(spots).of(form.checks()),
        new DecideMeaning(spots, conditions).of(form.decide(), approvals.names(form.approvals())),
        approvals.of(form.approvals()),
        maintenance(form),
        new PurgeMeaning(spots).all(form.purge()),
        after(form),
        tellers(form),
        secrets,
        spots.keys());
  }

  private StateAt state(Form.StateForm state) {
    return switch (state) {
      case Form.StateForm.Folder(Path path) -> new StateAt.Folder(folder.resolve(path).normalize());
      case Form.StateForm.Database(var url) -> new StateAt.Database(url);
    };
  }

  private List<Maintenance> maintenance(Form form) {
    var all = new ArrayList<Maintenance>();
    List<Form.MaintenanceForm> forms = form.maintenance();
    for (int i = 0; i < forms.size(); i++) {
      Form.MaintenanceForm each = forms.get(i);
      String at = "maintenance[" + i + "]";
      known(at + ".component", each.component());
      each.moves().forEach(name -> known(at + ".for", name));
      boolean twice = all.stream().anyMatch(m -> m.component().equals(each.component()));
      if (twice) {
        spots.value(at + ".component", each.component() + " stands here twice");
      } else if (each.on().isPresent() != each.off().isPresent()) {
        spots.value(at, "`on` and `off` belong together");
      } else if (each.on().isPresent() && each.on().equals(each.off())) {
        spots.value(at + ".off", "`on` and `off` are the same release");
      } else {
        all.add(
            new Maintenance(
                each.component(),
                each.on().map(on -> new Maintenance.Turned(on, each.off().orElseThrow())),
                Set.copyOf(each.moves()),
                each.until().orElse(Form.Until.MOVED) == Form.Until.PROVEN));
      }
    }
    return all;
  }

  private void known(String at, String component) {
    spots.known(at, "component", component, spots.names("components"));
  }

  private After after(Form form) {
    Form.AfterForm after =
        form.after().orElse(new Form.AfterForm(none(), none(), none(), none(), none()));
    Duration watch = after.watch().orElse(Duration.ZERO);
    Duration every = after.every().orElse(Duration.ofMinutes(15));
    if (every.isZero()) {
      spots.value("after.every", "must be longer than nothing");
    }
    int passes = after.passes().orElse(2);
    if (passes < 1 || passes > 1_000) {
      spots.value(
          "after.passes", "must be from 1 to 1000; without a healthy check nothing is proven");
    }
    return new After(
        after.hold().orElse(Duration.ofHours(24)),
        watch,
        every,
        passes,
        after.patience().orElse(Duration.ofSeconds(60)));
  }

  private static <T> java.util.Optional<T> none() {
    return java.util.Optional.empty();
  }

  private List<Teller> tellers(Form form) {
    var tellers = new ArrayList<Teller>();
    form.tell()
        .forEach((name, teller) ->
            tellers.add(
                new Teller(
                    name,
                    teller.audience().orElse(name),
                    teller.run(),
                    teller.timeout().orElse(Duration.ofSeconds(5)))));
    return tellers;
  }
}
