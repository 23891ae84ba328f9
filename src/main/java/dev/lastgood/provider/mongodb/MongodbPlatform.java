package dev.lastgood.provider.mongodb;

import com.mongodb.MongoException;
import dev.lastgood.model.Origin;
import dev.lastgood.model.Release;
import dev.lastgood.model.Text;
import dev.lastgood.provider.Act;
import dev.lastgood.provider.Capturable;
import dev.lastgood.provider.Inventory;
import dev.lastgood.provider.Method;
import dev.lastgood.provider.Outcome;
import dev.lastgood.provider.Platform;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.Retention;
import dev.lastgood.provider.Sight;
import dev.lastgood.provider.Snapshotting;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One database, what it can be restored from, and what it was.
final class MongodbPlatform implements Platform, Snapshotting, Capturable, Retention {
  private final String component;
  private final Server server;
  private final Snapshots snapshots;
  private final Taking taking;
  private final Deeds deeds;
  private final MongodbSettings settings;

  MongodbPlatform(
      String component,
      Server server,
      Snapshots snapshots,
      Taking taking,
      Deeds deeds,
      MongodbSettings settings) {
    this.component = component;
    this.server = server;
    this.snapshots = snapshots;
    this.taking = taking;
    this.deeds = deeds;
    this.settings = settings;
  }

  @Override
  public Inventory inventory() throws PlatformUnreachable {
    try (Session session = server.soon()) {
      Scene scene = Scene.look(session, server.url().database());
      Map<String, Release> releases = new LinkedHashMap<>();
      List<Inventory.Excluded> excluded = new ArrayList<>();
      Release now = release(scene.live(), Optional.empty());
      releases.put(now.id(), now);
      List<Snapshots.Kept> all = snapshots.all(scene.database());
      for (Snapshots.Kept each : all) {
        if (each.unusable().isEmpty()) {
          releases.putIfAbsent(each.id(), release(each.id(), each.manifest().map(Manifest::at)));
        }
      }
      for (Scene.Group kept : scene.kept()) {
        releases.putIfAbsent(kept.release(), release(kept.release(), Optional.empty()));
      }
      for (Snapshots.Kept each : all) {
        each.unusable()
            .filter(_ -> !releases.containsKey(each.id()))
            .ifPresent(why -> excluded.add(new Inventory.Excluded(each.id(), why)));
      }
      return new Inventory(
          scene.halfway().isPresent() ? Optional.empty() : Optional.of(now),
          List.copyOf(releases.values()),
          excluded,
          notes(scene));
    } catch (MongoException e) {
      throw server.gone(e);
    } catch (IOException e) {
      throw new PlatformUnreachable("the folder of snapshots: " + Why.of(e), e);
    }
  }

  private static List<String> notes(Scene scene) {
    List<String> notes = new ArrayList<>();
    scene
        .halfway()
        .ifPresent(h ->
            notes.add(
                "an exchange of "
                    + h.from()
                    + " for "
                    + h.to()
                    + " is halfway: some collections are of the one, some of the other; finish it"
                    + " with lastgood resume"));
    for (Scene.Group kept : scene.kept()) {
      notes.add(
          kept.release()
              + " is kept under "
              + Text.plain(kept.prefix())
              + "…, "
              + kept.names().size()
              + " collections; when nobody needs them, drop them");
    }
    for (Scene.Group left : scene.unfinished()) {
      notes.add(
          Text.plain(left.prefix())
              + "… was left by a rollback that is not over; the next one removes or uses it");
    }
    return notes;
  }

  private Release release(String id, Optional<Instant> since) {
    return new Release(component, id, Origin.UNKNOWN, since);
  }

  @Override
  public List<Method> methods(Release from, Release to) throws PlatformUnreachable {
    try (Session session = server.patient()) {
      Scene scene = Scene.look(session, server.url().database());
      if (!scene.unmovable().isEmpty()) {
        throw new PlatformUnreachable(Deeds.unmovable(scene));
      }
      return List.of(way(session, scene, from, to));
    } catch (MongoException e) {
      throw server.gone(e);
    } catch (IOException e) {
      throw new PlatformUnreachable("the folder of snapshots: " + Why.of(e), e);
    }
  }

  private Method way(Session session, Scene scene, Release from, Release to)
      throws PlatformUnreachable, IOException {
    var ways = new Ways(component, scene.database());
    boolean carry = settings.carryOver().orElse(true);
    List<String> costs = new ArrayList<>();
    if (carry) {
      costs.add(
          "what users wrote is carried over by _id; what a migration may have written too goes into"
              + " files with the reason ("
              + "ambiguous: "
              + settings.ambiguous().map(a -> a.word()).orElse("ask")
              + ")");
    }
    if (scene.halfway().isPresent()) {
      Scene.Exchange halfway = scene.halfway().get();
      if (!to.id().equals(halfway.to()) && !to.id().equals(halfway.from())) {
        throw new PlatformUnreachable(
            "an exchange of "
                + halfway.from()
                + " for "
                + halfway.to()
                + " is halfway; finish it (lastgood resume) before going to "
                + to.id());
      }
      return ways.back(from, to, Optional.empty(), halfway.everything().size(), costs, List.of());
    }
    Optional<Snapshots.Kept> snapshot = usable(to.id(), scene);
    if (snapshot.isPresent() && !scene.live().equals(to.id())) {
      Base base = Base.of(snapshot.get());
      costs.addAll(views(scene, snapshot.get().manifest().orElseThrow()));
      return ways.restore(
          from,
          snapshot.get(),
          carry ? Optional.of(to.id()) : Optional.empty(),
          costs,
          Counting.written(
              session, scene, base, "since " + snapshot.get().manifest().orElseThrow().at()));
    }
    Optional<Scene.Group> stands = scene.kept(to.id());
    if (stands.isEmpty() && !scene.live().equals(to.id())) {
      throw new PlatformUnreachable(
          to.id() + " is neither a snapshot nor collections that were kept");
    }
    Optional<Snapshots.Kept> base = usable(from.id(), scene);
    int count = stands.map(g -> g.names().size()).orElse(scene.names().size());
    return ways.back(
        from,
        to,
        carry ? base.map(Snapshots.Kept::id) : Optional.empty(),
        count,
        costs,
        lost(session, scene, to, base));
  }

  /// To kept collections; nothing is lost by going to what is live.
  private static List<String> lost(
      Session session, Scene scene, Release to, Optional<Snapshots.Kept> base) throws IOException {
    if (scene.live().equals(to.id())) {
      return List.of();
    }
    return base.isPresent()
        ? Counting.written(
            session,
            scene,
            Base.of(base.get()),
            "since " + base.get().id() + ", carried over or not")
        : List.of(
            "everything written to "
                + scene.live()
                + " that is not in "
                + to.id()
                + ": it cannot be counted beforehand");
  }

  private static List<String> views(Scene scene, Manifest manifest) {
    List<String> lines = new ArrayList<>();
    Map<String, Session.Collection> now = scene.views();
    manifest
        .views()
        .forEach((name, was) -> {
          Session.Collection view = now.get(name);
          if (view == null) {
            lines.add("the view " + Text.plain(name) + " is gone since, and is not made again");
          } else if (!view.options().toJson().equals(was)) {
            lines.add("the view " + Text.plain(name) + " was changed since, and stays so");
          }
        });
    return lines;
  }

  private Optional<Snapshots.Kept> usable(String release, Scene scene) throws IOException {
    return snapshots.find(release, scene.database()).filter(s -> s.unusable().isEmpty());
  }

  @Override
  public Sight look(Act act) {
    return deeds.look(act);
  }

  @Override
  public Outcome act(Act act, String key) {
    return deeds.act(act);
  }

  @Override
  public List<Exhibit> capture(Release release) {
    return new Exhibits(component, server).of(release.id());
  }

  @Override
  public Taken snapshot() throws PlatformUnreachable {
    return taking.take();
  }

  @Override
  public List<String> prune(Set<String> stay) throws PlatformUnreachable {
    if (settings.keep().isEmpty()) {
      return List.of();
    }
    List<String> removed = new ArrayList<>();
    try (Session session = server.soon()) {
      String database = server.url().database();
      String live = Scene.look(session, database).live();
      List<Snapshots.Kept> old = snapshots.all(database);
      for (Snapshots.Kept kept :
          old.subList(Math.min(settings.keep().get(), old.size()), old.size())) {
        if (!stay.contains(kept.id()) && !kept.id().equals(live)) {
          snapshots.remove(kept.id());
          removed.add(kept.id());
        }
      }
      return removed;
    } catch (MongoException e) {
      throw server.gone(e);
    } catch (IOException e) {
      throw new PlatformUnreachable("old snapshots: " + Why.of(e), e);
    }
  }
}
