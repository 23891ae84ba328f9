package dev.lastgood.evidence;

import dev.lastgood.condition.Condition;
import dev.lastgood.condition.HttpAnswer;
import dev.lastgood.model.Measurement;
import dev.lastgood.model.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// What an answer says about the health of the one who gave it. No network here.
///
/// Everything a check demands is looked at; the worst finding is the result. A demand that cannot
/// be looked at is inconclusive, never healthy.
final class HttpJudge {
  private static final int QUOTED = 80;

  private final Check.Http check;
  private final Optional<String> expectedVersion;
  private final Masks masks;

  HttpJudge(Check.Http check, Optional<String> expectedVersion, Masks masks) {
    this.check = check;
    this.expectedVersion = expectedVersion;
    this.masks = masks;
  }

  Measurement judge(HttpReply reply) {
    if (!check.status().contains(reply.status())) {
      return new Measurement.Unhealthy(wrongStatus(reply));
    }
    var findings = new ArrayList<Measurement>();
    findings.add(
        new Measurement.Healthy("status " + reply.status() + " in " + reply.millis() + "ms"));
    Optional<String> text = readsBody() && reply.whole() ? reply.strictText() : Optional.empty();
    Optional<Object> json = text.flatMap(JsonBody::parse);
    String notJson = json.isPresent() || !readsBody() ? "" : notJson(reply, text.isEmpty());
    if (wordOrVersionInBody() && json.isEmpty()) {
      findings.add(new Measurement.Inconclusive(notJson));
    } else {
      check.word().ifPresent(word -> findings.add(word(word, json)));
      check.version().ifPresent(version -> findings.add(version(version, reply, json)));
    }
    // Asked without a body too: `status == 200 && body.ok` is answered by a 503 with a page.
    check.expect().ifPresent(expect -> findings.add(expect(expect, reply, json, notJson)));
    return worst(findings);
  }

  private String wrongStatus(HttpReply reply) {
    String expected =
        String.join(" or ", new TreeSet<>(check.status()).stream().map(String::valueOf).toList());
    var says = new StringBuilder("status " + reply.status() + ", expected " + expected);
    boolean redirect = reply.status() >= 300 && reply.status() < 400;
    Optional<String> location = redirect ? reply.header("location") : Optional.empty();
    if (location.isPresent()) {
      says.append("; it sends to ").append(quoted(withoutQuery(location.get())));
      says.append(", and redirects are not followed");
    } else if (reply.body().length > 0) {
      says.append("; it says ").append(quoted(reply.text()));
    }
    return says.toString();
  }

  /// The query of a redirect to a login page carries tickets.
  private static String withoutQuery(String location) {
    int query = location.indexOf('?');
    return query < 0 ? location : location.substring(0, query) + "?…";
  }

  private boolean readsBody() {
    return wordOrVersionInBody()
        || check.expect().filter(e -> e.names().contains("body")).isPresent();
  }

  private boolean wordOrVersionInBody() {
    return check.word().isPresent()
        || check.version().filter(v -> headerOf(v).isEmpty()).isPresent();
  }

  private String notJson(HttpReply reply, boolean unreadable) {
    if (!reply.whole()) {
      return "the body is larger than 1 MiB and was not read to its end";
    }
    if (reply.body().length == 0) {
      return "the body is empty, expected JSON (content type " + quoted(reply.contentType()) + ")";
    }
    return "the body is not JSON (content type "
        + quoted(reply.contentType())
        + (unreadable ? ", not valid text" : "")
        + "): "
        + quoted(reply.text());
  }

  private Measurement word(Check.Word word, Optional<Object> body) {
    Optional<Object> value = body.flatMap(b -> JsonBody.at(b, word.at()));
    if (value.isEmpty()) {
      return new Measurement.Inconclusive("the body says nothing at " + place(word.at()));
    }
    Optional<String> said = JsonBody.word(value.get());
    if (said.isEmpty()) {
      return new Measurement.Inconclusive(place(word.at()) + " is not a word");
    }
    String says = place(word.at()) + " is " + quoted(said.get());
    if (contains(word.unhealthy(), said.get())) {
      return new Measurement.Unhealthy(says);
    }
    return contains(word.healthy(), said.get())
        ? new Measurement.Healthy(says)
        : new Measurement.Inconclusive(says + ", which this check does not know");
  }

  /// Whole words: `unhealthy` contains `healthy` and is not it.
  private static boolean contains(java.util.Set<String> words, String word) {
    return words.stream().anyMatch(word::equalsIgnoreCase);
  }

  private Measurement version(Check.VersionAt at, HttpReply reply, Optional<Object> body) {
    Optional<String> header = headerOf(at);
    Optional<String> said =
        header.isPresent()
            ? reply.header(header.get())
            : body.flatMap(b -> JsonBody.at(b, at.at())).flatMap(JsonBody::word);
    if (said.isEmpty() || said.get().isBlank()) {
      return new Measurement.Inconclusive("it does not say its version at " + place(at.at()));
    }
    boolean right = expectedVersion.isEmpty() || expectedVersion.get().equals(said.get());
    return right
        ? new Measurement.Healthy("version " + quoted(said.get()))
        : new Measurement.Unhealthy(
            "it says version "
                + quoted(said.get())
                + ", expected "
                + quoted(expectedVersion.orElse("")));
  }

  private static Optional<String> headerOf(Check.VersionAt at) {
    return at.at().regionMatches(true, 0, "header:", 0, 7)
        ? Optional.of(at.at().substring(7).strip())
        : Optional.empty();
  }

  /// @param notJson why there is no body to ask about; empty when there is one
  private Measurement expect(
      Condition expect, HttpReply reply, Optional<Object> json, String notJson) {
    String source = Text.clip(Text.plain(expect.source()), 200);
    var answer =
        new HttpAnswer(reply.status(), json, reply.text(), reply.headers(), reply.millis());
    String status = "status " + reply.status();
    return switch (expect.test(answer)) {
      case Condition.Answer.Yes _ -> new Measurement.Healthy("as expected: " + source);
      case Condition.Answer.No _ ->
          new Measurement.Unhealthy(
              status + ", not as expected: " + source + saying(answer.text()));
      case Condition.Answer.Unknown unknown ->
          new Measurement.Inconclusive(
              "cannot tell whether " + source + ": " + why(unknown, answer, notJson));
    };
  }

  private String why(Condition.Answer.Unknown unknown, HttpAnswer answer, String notJson) {
    return unknown.missing().contains("body") && !notJson.isEmpty()
        ? notJson
        : Text.clip(Text.plain(masks.hideCut(unknown.why())), 200) + saying(answer.text());
  }

  private String saying(String text) {
    return text.isBlank() ? "" : "; it says " + quoted(text);
  }

  private static String place(String at) {
    return at.isEmpty() || at.equals(".") ? "value" : Text.clip(Text.plain(at), 60);
  }

  /// Words of a stranger: secrets hidden before they are cut, one line, between quotes.
  private String quoted(String text) {
    return '"' + Text.clip(Text.plain(masks.hide(text)), QUOTED) + '"';
  }

  /// The worst kind, with everything that was found of it; when all is well, all of it.
  static Measurement worst(List<Measurement> findings) {
    Measurement worst = findings.getFirst();
    var seen = new StringBuilder();
    for (Measurement each : findings) {
      int more = badness(each) - badness(worst);
      if (more > 0) {
        seen.setLength(0);
      }
      if (more >= 0) {
        worst = each;
        seen.append(seen.isEmpty() ? "" : "; ").append(each.seen());
      }
    }
    return worst.saying(seen.toString());
  }

  private static int badness(Measurement m) {
    return switch (m) {
      case Measurement.Healthy _ -> 0;
      case Measurement.Inconclusive _ -> 1;
      case Measurement.Unhealthy _ -> 2;
      case Measurement.Error _ -> 3;
    };
  }
}
