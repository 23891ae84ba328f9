package dev.lastgood.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.lastgood.model.Release;
import dev.lastgood.provider.Act;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a step does, as data. The name of each kind is stored in plans together with its version: a
/// kind never changes its meaning, a new meaning is a new version beside it.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Work.Perform.class, name = "perform@1"),
  @JsonSubTypes.Type(value = Work.Reopen.class, name = "reopen@1"),
  @JsonSubTypes.Type(value = Work.Purge.class, name = "purge@1"),
  @JsonSubTypes.Type(value = Work.Prove.class, name = "prove@1"),
  @JsonSubTypes.Type(value = Work.Capture.class, name = "capture@1"),
  @JsonSubTypes.Type(value = Work.Quarantine.class, name = "quarantine@1"),
  @JsonSubTypes.Type(value = Work.Hold.class, name = "hold@1"),
  @JsonSubTypes.Type(value = Work.Enter.class, name = "enter@1"),
  @JsonSubTypes.Type(value = Work.Tell.class, name = "tell@1"),
  @JsonSubTypes.Type(value = Work.Watch.class, name = "watch@1")
})
public sealed interface Work {
  /// The component it is about; empty when it is about the system as a whole or several components.
  default String component() {
    return switch (this) {
      case Perform perform -> perform.act().component();
      case Reopen reopen -> reopen.act().component();
      case Purge purge -> purge.act().component();
      case Prove prove -> prove.component();
      case Capture capture -> capture.failed().component();
      case Quarantine _, Hold _, Enter _, Tell _, Watch _ -> "";
    };
  }

  /// How long users are without something while it goes on.
  default Duration downtime() {
    return this instanceof Perform perform ? perform.act().downtime() : Duration.ZERO;
  }

  /// An act of the component's platform.
  record Perform(Act act) implements Work {}

  /// An act that lets users in again. Once what kept them away may have happened, the run does not
  /// end before this was tried, also when it is stopped.
  ///
  /// @param closed id of the step that kept them away
  record Reopen(Act act, String closed) implements Work {}

  /// What a CDN keeps of the component is thrown away. After any doubt it is done again.
  record Purge(Act act) implements Work {}

  /// The component's checks must all be healthy, `passes` times in a row, before the deadline.
  ///
  /// @param checks names of the checks
  /// @param address base URL to use instead of the public one
  /// @param version what checks that read a version must find; empty: any
  record Prove(
      String component,
      List<String> checks,
      Optional<String> address,
      Optional<String> version,
      int passes)
      implements Work {
    public Prove {
      checks = List.copyOf(checks);
    }
  }

  /// Logs and configuration of the failed release go into the evidence bundle.
  record Capture(Release failed) implements Work {}

  /// The failed releases are never a target again until a person says so, and deploys of them are
  /// held. In plans of before [Hold], which leaves the mark to [Enter].
  record Quarantine(List<Release> releases, String reason, Duration hold) implements Work {
    public Quarantine {
      releases = List.copyOf(releases);
    }
  }

  /// Deploys of these releases are held, and none of them is a target, for this long. One hold for
  /// each: one that is in force already, and goes on for long enough, will do.
  record Hold(List<Release> releases, String reason, Duration lasting) implements Work {
    public Hold {
      releases = List.copyOf(releases);
    }
  }

  /// What is live now, and proven, is entered in the ledger, and what was left for it is marked
  /// bad.
  ///
  /// @param left null, as in plans of before there was such a thing: empty
  /// @param reason why they were left; null: empty
  record Enter(
      List<Release> live,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Release> left,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String reason)
      implements Work {
    @SuppressWarnings("NullAway") // the JSON of older plans
    public Enter {
      live = List.copyOf(live);
      left = left == null ? List.of() : List.copyOf(left);
      reason = reason == null ? "" : reason;
    }
  }

  /// Somebody is told.
  record Tell(String audience, String message) implements Work {}

  /// All checks, again and again, for a time; bad news ends the watch and asks a person.
  record Watch(List<String> checks, Duration lasting, Duration every) implements Work {
    public Watch {
      checks = List.copyOf(checks);
    }
  }
}
