package dev.lastgood.provider.mongodb;

import com.mongodb.MongoException;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Capturable.Exhibit;
import dev.lastgood.provider.PlatformUnreachable;
import java.util.List;

/// What a database looked like before it was left: collections, sizes, indexes. No document: it may
/// hold customers' data.
final class Exhibits {
  private static final int LINES = 500;

  private final String component;
  private final Server server;

  Exhibits(String component, Server server) {
    this.component = component;
    this.server = server;
  }

  List<Exhibit> of(String release) {
    String file = component + "-" + release + ".txt";
    String from = component;
    try {
      from = server.url().place();
      try (Session session = server.soon()) {
        return List.of(new Exhibit(file, from, text(session)));
      }
    } catch (MongoException e) {
      return List.of(new Exhibit(file, from, Session.why(e)));
    } catch (PlatformUnreachable e) {
      return List.of(new Exhibit(file, from, String.valueOf(e.getMessage())));
    }
  }

  private static String text(Session session) {
    var text = new StringBuilder("version " + Text.plain(session.version()) + "\n");
    text.append(Ways.megabytes(session.bytes())).append(" of documents\n\n");
    session.collections().values().stream()
        .limit(LINES)
        .forEach(c -> {
          text.append(Text.plain(c.name())).append(" (").append(Text.plain(c.type())).append(")");
          if (!c.type().equals("view")) {
            text.append(": about ")
                .append(session.raw(c.name()).estimatedDocumentCount())
                .append(" documents");
            for (String line : Content.shape(session, c.name()).shape()) {
              text.append("\n  ").append(Text.plain(line));
            }
          }
          text.append('\n');
        });
    return text.toString();
  }
}
